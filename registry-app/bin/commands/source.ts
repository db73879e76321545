import { addSource } from "../../src/control/index.ts";
import { checkRemoteUrl, toRemoteUrl } from "../../src/git/index.ts";
import { transaction } from "../../src/db/index.ts";
import { SYSTEM } from "../../src/people/index.ts";
import { admitTags } from "../../src/queue/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { appendFirstSync } from "../../src/publish/index.ts";
import {
  findHookSecrets,
  forgetFailures,
  listSources,
  rotateHookSecret,
  syncSource,
  unfreezeSource,
  type Source,
} from "../../src/sources/index.ts";
import { EXIT, needText, text, wrongUsage, type Context, type Values } from "../command.ts";
import { credentialVerb } from "./source-credential.ts";
import { changeLaw } from "../compose/change-law.ts";
import { getSource } from "../compose/get-source.ts";
import { readMasterSecret } from "../compose/master-secret.ts";
import { findPublicUrl } from "../compose/public-url.ts";
import { findRunning } from "../compose/running.ts";
import { syncDeps } from "../compose/sync-deps.ts";
import { withCore } from "../compose/with-core.ts";
import { commandOfVerbs } from "../verbs.ts";

/** Registry repos: hosted here, or followed elsewhere. */
export const source = commandOfVerbs({
  name: "source",
  summary: "add, list and sync the repos that skills are published from",
  verbs: {
    add: {
      usage: "SLUG --team SLUG [--url URL] [--private] [--branch main]",
      does: "host a repo here, or follow the one at --url; only tags on --branch are released",
      words: 1,
      options: {
        team: { type: "string" },
        url: { type: "string" },
        private: { type: "boolean" },
        branch: { type: "string" },
      },
      run: add,
    },
    list: { usage: "", does: "every source", words: 0, run: list },
    sync: { usage: "SLUG", does: "look for new tags now", words: 1, run: sync },
    unfreeze: {
      usage: "SLUG --because TEXT",
      does: "let a frozen source publish again; the reason stands in the audit log",
      words: 1,
      options: { because: { type: "string" } },
      run: unfreeze,
    },
    credential: credentialVerb,
    secret: {
      usage: "SLUG [--rotate]",
      does: "the address and secret to give the git host for its webhook; a new secret with --rotate, beside which the old one counts for 24 hours more",
      words: 1,
      options: { rotate: { type: "boolean" } },
      run: secret,
    },
  },
  examples: [
    "npx assay source add acme-skills --team acme",
    "npx assay source add acme-tools --team acme --url https://git.example/acme/tools.git --private",
    "npx assay source credential acme-tools --user deploy --file token.txt",
  ],
});

async function add(context: Context, [slug = ""]: readonly string[], values: Values) {
  const team = needText(values, "team", "source");
  const given = text(values, "url");
  const url = given === undefined ? undefined : toRemoteUrl(given);
  const branch = text(values, "branch");
  const visibility = values["private"] === true ? ("private" as const) : ("public" as const);
  if (url !== undefined) refuseUrl(url, context.config.gitHosts);
  return withCore(context, async (core) => {
    const wanted = {
      slug,
      team,
      visibility,
      ...(url !== undefined && { url }),
      ...(branch !== undefined && { branch }),
    };
    await changeLaw(core, {
      change: (files) => addSource(files, wanted),
      message: `Add source ${slug} of team ${team}`,
      subject: `source:${slug}`,
      detail: { team, visibility, url: url ?? null },
    });
    const base = await findPublicUrl(core.config);
    const made = await getSource(core, slug);
    context.print(toLine(made, base), `Source ${slug} of team ${team} is added.`);
    for (const line of nextSteps(made, base)) context.say(line);
    return EXIT.fine;
  });
}

async function list(context: Context) {
  return withCore(context, async (core) => {
    await core.law();
    const base = await findPublicUrl(core.config);
    for (const one of await listSources(core.db)) {
      const line = toLine(one, base);
      const told = [one.slug, one.team, one.kind, one.visibility, one.branch, line.url];
      context.print(line, told.join("  "));
    }
    return EXIT.fine;
  });
}

async function sync(context: Context, [slug = ""]: readonly string[]) {
  return withCore(context, async (core) => {
    const { id } = await getSource(core, slug);
    await forgetFailures(core.db, id);
    const result = await syncSource(
      {
        ...syncDeps(core),
        onSightings: (tx, sourceId) => core.queue.enqueue(tx, admitTags, { sourceId }),
        onFirstSync: appendFirstSync,
      },
      id,
    );
    if (result.kind !== "synced") {
      const reason = result.kind === "unreachable" ? result.reason : "the source was removed";
      context.print({ slug, ...result }, `${slug} could not be read: ${reason}`);
      return EXIT.bad;
    }
    const { appeared, drifted, commits } = result;
    const told = `${slug}: ${appeared} new tags, ${drifted} moved or vanished, ${commits} new commits`;
    context.print({ slug, ...result }, told);
    const { frozen } = await getSource(core, slug);
    if (frozen !== null) {
      context.say(`It is frozen, and new tags wait: ${frozen.reason}.`);
      context.say(`Look at its host, then: npx assay source unfreeze ${slug} --because "…"`);
    }
    if (appeared > 0 && (await findRunning(core.config)) === undefined)
      context.say("They are judged when a worker runs: npx assay up, or npx assay worker.");
    return EXIT.fine;
  });
}

async function unfreeze(context: Context, [slug = ""]: readonly string[], values: Values) {
  const because = needText(values, "because", "source").trim();
  if (because === "") throw wrongUsage("source", "--because needs words: what did you find?");
  return withCore(context, async (core) => {
    const found = await getSource(core, slug);
    const at = core.clock.now();
    const wasFrozen = await transaction(core.db, async (tx) => {
      if (!(await unfreezeSource(tx, SYSTEM, found, { because, at }))) return false;
      await core.queue.enqueue(tx, admitTags, { sourceId: found.id });
      return true;
    });
    if (!wasFrozen) {
      const hint = `See what it is: npx assay source sync ${slug}`;
      throw new Refusal("conflict", `Source ${slug} is not frozen.`, hint);
    }
    const was = found.frozen?.reason ?? "";
    context.print({ slug, unfrozen: true, was }, `Source ${slug} publishes again. It was: ${was}`);
    return EXIT.fine;
  });
}

async function secret(context: Context, [slug = ""]: readonly string[], values: Values) {
  return withCore(context, async (core) => {
    const found = await getSource(core, slug);
    const url = `${await findPublicUrl(core.config)}/hooks/${slug}`;
    const master = await readMasterSecret(core.config.secretFile);
    const at = core.clock.now();
    const { current, old } =
      values["rotate"] === true
        ? await transaction(core.db, (tx) => rotateHookSecret(tx, SYSTEM, master, found, at))
        : await findHookSecrets(core.db, master, found, at);
    const oldUntil = old?.until.toISOString() ?? null;
    context.print({ slug, url, secret: current, oldUntil }, `${url}\n${current}`);
    if (oldUntil !== null) context.say(`The secret before this one counts until ${oldUntil}.`);
    context.say("Give both to the git host as a webhook for pushes and tags, content type JSON.");
    return EXIT.fine;
  });
}

function refuseUrl(url: string, gitHosts: readonly string[]): void {
  const checked = checkRemoteUrl(url, gitHosts);
  if (checked.kind === "ok") return;
  const hint = "Which hosts may be followed stands in ASSAY_GIT_HOSTS (docs/operating.md).";
  throw new Refusal("unprocessable", `${url}: ${checked.message}`, hint);
}

/** `url` is where git finds the repo: pushed to when hosted, fetched from when followed. */
function toLine(one: Source, base: string) {
  const { slug, team, kind, visibility, branch } = one;
  const url = one.url ?? `${base}/git/${slug}.git`;
  return { slug, team, kind, url, visibility, branch };
}

function nextSteps(made: Source, base: string): readonly string[] {
  const { slug, team, kind } = made;
  return kind === "hosted"
    ? [
        `Push to it: git remote add origin ${base}/git/${slug}.git`,
        `with a token as the password: npx assay token create NAME --team ${team} --scope push`,
      ]
    : [
        ...(made.url?.startsWith("ssh:") === true
          ? [`Give it a key: npx assay source credential ${slug} --file KEY --known-hosts FILE`]
          : []),
        `Read it now: npx assay source sync ${slug}`,
        `Let its host tell of pushes: npx assay source secret ${slug}`,
      ];
}
