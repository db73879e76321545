import { transaction } from "../../src/db/index.ts";
import {
  createToken,
  findTeam,
  findUser,
  listTeams,
  listTokens,
  listUsers,
  revokeToken,
  SCOPES,
  SYSTEM,
  type Scope,
  type TokenFacts,
  type TokenOwner,
} from "../../src/people/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { EXIT, text, texts, wrongUsage, type Context, type Values } from "../command.ts";
import type { Core } from "../compose/open-core.ts";
import { withCore } from "../compose/with-core.ts";
import { commandOfVerbs } from "../verbs.ts";

type Owned = { readonly owner: TokenOwner; readonly called: { user: string } | { team: string } };

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DAYS = 3650;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OWNER = { user: { type: "string" }, team: { type: "string" } } as const;

/** Tokens for pushes and the API. */
export const token = commandOfVerbs({
  name: "token",
  summary: "create, list and revoke tokens for pushes and the API",
  verbs: {
    create: {
      usage: "NAME (--user EMAIL | --team SLUG) --scope read|push|admin … [--days N]",
      does: "make a token and show it, this once; each scope includes those before it",
      words: 1,
      options: {
        ...OWNER,
        scope: { type: "string", multiple: true },
        days: { type: "string" },
      },
      run: create,
    },
    list: {
      usage: "[--user EMAIL | --team SLUG]",
      does: "tokens with their ids, never the tokens themselves",
      words: 0,
      options: OWNER,
      run: list,
    },
    revoke: { usage: "ID", does: "end a token at once", words: 1, run: revoke },
  },
  examples: [
    "npx assay token create laptop --team acme --scope push --days 90",
    "npx assay token list --team acme",
  ],
});

async function create(context: Context, [name = ""]: readonly string[], values: Values) {
  const scopes = readScopes(texts(values, "scope"));
  const lifeMs = readDays(text(values, "days"));
  return withCore(context, async (core) => {
    const { owner, called } = await findOwner(core, values);
    const expiresAt = lifeMs === null ? null : new Date(core.clock.now().getTime() + lifeMs);
    const made = await transaction(core.db, (tx) =>
      createToken(core, tx, SYSTEM, { name, owner, scopes, expiresAt }),
    );
    const line = { id: made.id, name, ...called, scopes, expiresAt, token: made.text };
    context.print(line, made.text);
    const ends = expiresAt === null ? "It does not expire." : `It expires ${day(expiresAt)}.`;
    context.say(`${name} is shown this once and stored nowhere. ${ends}`);
    context.say(
      `git asks for it as the password (any user name). Revoke: npx assay token revoke ${made.id}`,
    );
    return EXIT.fine;
  });
}

async function list(context: Context, _words: readonly string[], values: Values) {
  return withCore(context, async (core) => {
    const isAll = text(values, "user") === undefined && text(values, "team") === undefined;
    const owners = isAll ? await listOwners(core) : [await findOwner(core, values)];
    for (const { owner, called } of owners)
      for (const one of await listTokens(core.db, SYSTEM, owner)) {
        const line = toLine(one, called, core.clock.now());
        const whose = "user" in called ? called.user : `team ${called.team}`;
        const told = `${one.id}  ${one.name}  ${whose}  ${one.scopes.join("+")}  ${line.state}`;
        context.print(line, told);
      }
    return EXIT.fine;
  });
}

async function revoke(context: Context, [id = ""]: readonly string[]) {
  if (!UUID.test(id))
    throw wrongUsage("token", `${JSON.stringify(id)} is not a token's id: npx assay token list`);
  return withCore(context, async (core) => {
    await transaction(core.db, (tx) => revokeToken(core, tx, SYSTEM, id));
    context.print({ id, state: "revoked" }, `Token ${id} is revoked.`);
    return EXIT.fine;
  });
}

function readScopes(given: readonly string[]): readonly Scope[] {
  const scopes = given.flatMap((word) => word.split(","));
  const odd = scopes.find((word) => !SCOPES.some((scope) => scope === word));
  if (odd !== undefined)
    throw wrongUsage("token", `There is no scope ${JSON.stringify(odd)}: ${SCOPES.join(", ")}.`);
  if (scopes.length === 0) throw wrongUsage("token", `--scope is missing: ${SCOPES.join(", ")}.`);
  return SCOPES.filter((scope) => scopes.includes(scope));
}

function readDays(given: string | undefined): number | null {
  if (given === undefined) return null;
  const days = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (days >= 1 && days <= MAX_DAYS) return days * DAY_MS;
  throw wrongUsage("token", `--days takes a number from 1 to ${MAX_DAYS}.`);
}

async function findOwner(core: Core, values: Values): Promise<Owned> {
  const [email, slug] = [text(values, "user"), text(values, "team")];
  if ((email === undefined) === (slug === undefined))
    throw wrongUsage("token", "Say whose it is: --user EMAIL or --team SLUG.");
  if (email !== undefined) {
    const person = await findUser(core.db, email);
    if (person !== undefined)
      return { owner: { userId: person.id }, called: { user: person.email } };
    const hint = `Make it first: npx assay user create ${email} --name NAME`;
    throw new Refusal("not-found", `There is no account for ${email}.`, hint);
  }
  await core.law();
  const team = await findTeam(core.db, slug ?? "");
  if (team !== undefined) return { owner: { teamId: team.id }, called: { team: team.slug } };
  throw new Refusal("not-found", `There is no team ${slug}.`, "See them: npx assay team list");
}

async function listOwners(core: Core): Promise<readonly Owned[]> {
  await core.law();
  const teams = (await listTeams(core.db)).map(({ id, slug }): Owned => ({
    owner: { teamId: id },
    called: { team: slug },
  }));
  const users = (await listUsers(core.db, SYSTEM)).map(({ id, email }): Owned => ({
    owner: { userId: id },
    called: { user: email },
  }));
  return [...teams, ...users];
}

function toLine(one: TokenFacts, called: Owned["called"], now: Date) {
  const { id, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = one;
  const isOver = expiresAt !== null && expiresAt <= now;
  const state = revokedAt !== null ? "revoked" : isOver ? "expired" : "live";
  return { id, name, ...called, scopes, state, createdAt, expiresAt, lastUsedAt, revokedAt };
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}
