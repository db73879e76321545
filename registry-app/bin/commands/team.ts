import { addTeam, removeTeamSigner } from "../../src/control/index.ts";
import { transaction, type Role } from "../../src/db/index.ts";
import {
  addMember,
  findTeam,
  findUser,
  listMembers,
  removeMember,
  SYSTEM,
  type Member,
  type Team,
  type User,
} from "../../src/people/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { EXIT, needText, text, wrongUsage, type Context, type Values } from "../command.ts";
import { changeLaw } from "../compose/change-law.ts";
import type { Core } from "../compose/open-core.ts";
import { withCore } from "../compose/with-core.ts";
import { commandOfVerbs } from "../verbs.ts";
import { githubVerb } from "./team-github.ts";

/** Teams: who owns sources, who is in them. */
export const team = commandOfVerbs({
  name: "team",
  summary: "add and list teams, and who is in them",
  verbs: {
    add: {
      usage: "SLUG --name NAME",
      does: "make a team: a commit to the control repo",
      words: 1,
      options: { name: { type: "string" } },
      run: add,
    },
    list: {
      usage: "",
      does: "every team, who signs for it and its sources",
      words: 0,
      run: list,
    },
    members: {
      usage: "SLUG [--add EMAIL --role member|admin] [--remove EMAIL]",
      does: "who is in a team; let a person in, change their role, or take them out",
      words: 1,
      options: {
        add: { type: "string" },
        role: { type: "string" },
        remove: { type: "string" },
      },
      run: members,
    },
    github: githubVerb,
  },
  examples: [
    'npx assay team add acme --name "Acme Platform"',
    "npx assay team members acme --add ada@acme.example --role admin",
  ],
});

async function add(context: Context, [slug = ""]: readonly string[], values: Values) {
  const name = needText(values, "name", "team");
  return withCore(context, async (core) => {
    const change = {
      change: (files: Parameters<typeof addTeam>[0]) => addTeam(files, { slug, name }),
      message: `Add team ${slug}`,
      subject: `team:${slug}`,
      detail: { name },
    };
    await changeLaw(core, change);
    const made = await getTeam(core, slug);
    const line = { slug: made.slug, name: made.name, signers: [], sources: [] };
    context.print(line, `Team ${slug} is made.`);
    context.say(`Who may publish for it: npx assay key add EMAIL --team ${slug} --key '…'`);
    return EXIT.fine;
  });
}

async function list(context: Context) {
  return withCore(context, async (core) => {
    const law = await core.law();
    for (const { slug, name, signers } of law.teams.values()) {
      const sources = [...law.sources.values()]
        .filter((source) => source.team === slug)
        .map((source) => source.slug);
      const told = [
        `${slug}  ${name}`,
        `  signers: ${signers.join(", ") || "nobody yet"}`,
        `  sources: ${sources.join(", ") || "none yet"}`,
      ];
      context.print({ slug, name, signers, sources }, told.join("\n"));
    }
    return EXIT.fine;
  });
}

async function members(context: Context, [slug = ""]: readonly string[], values: Values) {
  const wanted = { add: text(values, "add"), remove: text(values, "remove") };
  const role = readRole(text(values, "role"), wanted.add);
  if (wanted.add !== undefined && wanted.remove !== undefined)
    throw wrongUsage("team", "Either --add or --remove.");
  return withCore(context, async (core) => {
    await core.law();
    const { id: teamId } = await getTeam(core, slug);
    if (wanted.add !== undefined) {
      const { id: userId } = await getUser(core, wanted.add);
      await transaction(core.db, (tx) => addMember(core, tx, SYSTEM, { teamId, userId, role }));
    }
    if (wanted.remove !== undefined) {
      const gone = await getUser(core, wanted.remove);
      await takeOut(context, core, { slug, teamId, gone });
    }
    for (const member of await listMembers(core.db, SYSTEM, teamId))
      context.print(toLine(slug, member), `${member.user.email}  ${member.role}`);
    return EXIT.fine;
  });
}

/** Who is no member any more must not go on signing: that right ends first. */
async function takeOut(
  context: Context,
  core: Core,
  { slug, teamId, gone }: { readonly slug: string; readonly teamId: string; readonly gone: User },
): Promise<void> {
  const signing = await changeLaw(core, {
    change: (files) => removeTeamSigner(files, gone.email, slug),
    message: `${gone.email} signs for team ${slug} no more`,
    subject: `team:${slug}`,
    detail: { principal: gone.email },
  });
  if (signing.changed) context.say(`${gone.email} does not sign for ${slug} any more.`);
  await transaction(core.db, (tx) => removeMember(core, tx, SYSTEM, { teamId, userId: gone.id }));
}

function readRole(given: string | undefined, adds: string | undefined): Role {
  if (given !== undefined && adds === undefined)
    throw wrongUsage("team", "--role belongs to --add EMAIL.");
  if (given === undefined || given === "member") return "member";
  if (given === "admin") return "admin";
  throw wrongUsage("team", `There is no role ${JSON.stringify(given)}: member or admin.`);
}

async function getTeam(core: Core, slug: string): Promise<Team> {
  const found = await findTeam(core.db, slug);
  if (found !== undefined) return found;
  throw new Refusal("not-found", `There is no team ${slug}.`, "See them: npx assay team list");
}

async function getUser(core: Core, email: string): Promise<User> {
  const found = await findUser(core.db, email);
  if (found !== undefined) return found;
  throw new Refusal(
    "not-found",
    `There is no account for ${email}.`,
    `Make it first: npx assay user create ${email} --name NAME`,
  );
}

function toLine(slug: string, { user, role }: Member) {
  return { team: slug, email: user.email, name: user.name, role };
}
