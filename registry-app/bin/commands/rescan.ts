import { actorName, SYSTEM } from "../../src/people/index.ts";
import {
  acceptRollout,
  listRollouts,
  listVersionIds,
  restartRollout,
  type Rollout,
} from "../../src/publish/index.ts";
import * as queue from "../../src/queue/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { EXIT, wrongUsage, type Command, type Context, type ExitCode } from "../command.ts";
import type { Core } from "../compose/open-core.ts";
import { findRunning } from "../compose/running.ts";
import { withCore } from "../compose/with-core.ts";

/** Has versions read by the scanner again, and lets new rules come into force. */
export const rescanCommand: Command = {
  summary: "have versions read by the scanner again, and let its new rules count",
  usage: "TEAM/SKILL[@VERSION] | --all | --show | --accept",
  options: {
    all: { type: "boolean" },
    show: { type: "boolean" },
    accept: { type: "boolean" },
  },
  help: [
    "",
    "A worker reads everything that was decided by itself, whenever the scanner's rules have changed:",
    "first in their shadow, which decides nothing. If they would warn about or block no more of what is",
    "published than policy allows (scan.maxFlips in policy.yaml, 5 % unless it says otherwise), they come",
    "into force; else they wait.",
    "",
    "--show      what new rules would change or have changed; exit code 1 when they wait for a word",
    "--accept    let the rules that wait come into force; it stands in the audit log",
    "--all       read everything once more, in the shadow, with the rules of now",
    "TEAM/SKILL  read these versions now; what is found counts at once",
    "",
    "Examples:",
    "  npx assay rescan --show",
    "  npx assay rescan acme/deploy@1.2.0",
  ],
  async run(context, [which, extra], values) {
    if (extra !== undefined) throw wrongUsage("rescan", `"${extra}" has no place here.`);
    const asked = ["all", "show", "accept"].filter((name) => values[name] === true);
    if (asked.length + (which === undefined ? 0 : 1) !== 1)
      throw wrongUsage("rescan", "Say one thing: which versions, --all, --show or --accept.");
    return withCore(context, async (core) => {
      if (which !== undefined) return readAgain(context, core, which);
      if (values["show"] === true) return show(context, core);
      if (values["accept"] === true) return accept(context, core);
      return readAll(context, core);
    });
  },
};

async function readAgain(context: Context, core: Core, which: string): Promise<ExitCode> {
  const [, team = "", skill = "", version] = /^([^/@]+)\/([^/@]+)(?:@(.+))?$/.exec(which) ?? [];
  if (team === "")
    throw wrongUsage("rescan", `"${which}" is not TEAM/SKILL or TEAM/SKILL@VERSION.`);
  const ids = await listVersionIds(core.db, { team, skill, version });
  if (ids.length === 0) throw new Refusal("not-found", `There is no version ${which}.`);
  await core.queue.enqueueAll(
    core.db,
    queue.scanVersion,
    ids.map((versionId) => ({ versionId })),
  );
  context.print(
    { rescan: which, versions: ids.length },
    `${ids.length === 1 ? "One version is" : `${ids.length} versions are`} read again.`,
  );
  return sayWhen(context);
}

async function readAll(context: Context, core: Core): Promise<ExitCode> {
  const { engine } = await getNewest(core);
  await restartRollout({ ...core, onMore: askOf(core) }, engine);
  context.print({ rescan: "all", engine }, `Everything is read again by ${engine}.`);
  return sayWhen(context);
}

async function show(context: Context, core: Core): Promise<ExitCode> {
  const newest = await getNewest(core);
  const { startedAt, finishedAt, ...rest } = newest;
  const times = {
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
  context.print({ ...rest, ...times }, describe(newest));
  return newest.state === "waiting" ? EXIT.bad : EXIT.fine;
}

async function accept(context: Context, core: Core): Promise<ExitCode> {
  const { engine, state } = await getNewest(core);
  const isDone = await acceptRollout({ ...core, onMore: askOf(core) }, engine, actorName(SYSTEM));
  if (!isDone)
    throw new Refusal(
      "conflict",
      `The rules of ${engine} do not wait for a word: ${SAID[state]}.`,
      "npx assay rescan --show says what they change.",
    );
  context.print({ accepted: engine }, `The rules of ${engine} come into force.`);
  return sayWhen(context);
}

async function getNewest({ db }: Core): Promise<Rollout> {
  const [newest] = await listRollouts(db, 1);
  if (newest !== undefined) return newest;
  throw new Refusal(
    "not-found",
    "No scanner has run here yet.",
    "It does when a worker runs: npx assay up, or npx assay worker.",
  );
}

const SAID: Readonly<Record<Rollout["state"], string>> = {
  shadow: "they are still reading what was decided before",
  waiting: "they wait for a word (npx assay rescan --accept)",
  accepted: "they come into force now",
  "in-force": "they are in force",
};

function describe({ engine, state, versions, flips, changes, decidedBy }: Rollout): string {
  const by = decidedBy === null ? "" : `, by the word of ${decidedBy}`;
  const counts = `${versions} versions compared, ${changes.length} judged otherwise, ${flips} published ones warned about or blocked`;
  return [
    `${engine}: ${SAID[state]}${by}; ${counts}`,
    ...changes.map(
      ({ coordinate, from, to, isFlip }) =>
        `    ${coordinate}: ${to}, ${from === null ? "not scanned before" : `was ${from}`}${isFlip ? "  (published)" : ""}`,
    ),
  ].join("\n");
}

const askOf =
  (core: Core): Parameters<typeof acceptRollout>[0]["onMore"] =>
  (tx) =>
    core.queue.enqueue(tx, queue.rescan, { because: "somebody asked for it" });

async function sayWhen(context: Context): Promise<ExitCode> {
  if ((await findRunning(context.config)) === undefined)
    context.say("It is done when a worker runs: npx assay up, npx assay worker or check-worker.");
  return EXIT.fine;
}
