import { sayPlan } from "../../src/control/index.ts";
import { EXIT, text, texts, wrongUsage, type Context, type Values } from "../command.ts";
import {
  accept,
  getProposal,
  planPending,
  propose,
  readProposals,
  reject,
  sign,
  type Proposed,
} from "../compose/law.ts";
import type { Core } from "../compose/open-core.ts";
import { withCore } from "../compose/with-core.ts";
import { readSmallFile } from "../read-small-file.ts";
import { commandOfVerbs } from "../verbs.ts";

const KEY = { key: { type: "string" } } as const;
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The control repo: what is law, what waits for signatures, and what is proposed. */
export const lawCommand = commandOfVerbs({
  name: "law",
  summary: "see what is law, sign what waits, look at proposals and accept them",
  verbs: {
    status: {
      usage: "",
      does: "the commit that is law, its roots, what waits for signatures, and the alarm if there is one",
      words: 0,
      run: status,
    },
    list: { usage: "", does: "the proposals that wait", words: 0, run: list },
    show: {
      usage: "NAME",
      does: "what a proposal changes, or what is broken in it",
      words: 1,
      run: show,
    },
    propose: {
      usage: "NAME --file PATH=FILE …",
      does: "propose files of the control repo, unsigned: FILE becomes PATH",
      words: 1,
      options: { file: { type: "string", multiple: true } },
      run: proposeFiles,
    },
    accept: {
      usage: "NAME [--key FILE]",
      does: "sign a proposal and merge it, as the operator or with a root's key",
      words: 1,
      options: KEY,
      run: acceptOne,
    },
    reject: { usage: "NAME", does: "take a proposal away", words: 1, run: rejectOne },
    sign: {
      usage: "[--key FILE]",
      does: "add a root's signature to the change that waits",
      words: 0,
      options: KEY,
      run: signPending,
    },
  },
  examples: [
    "npx assay law status",
    "npx assay law propose stricter-scan --file policy.yaml=./policy.yaml",
    "npx assay law accept stricter-scan",
    "npx assay law sign --key ~/.ssh/root_ed25519",
  ],
});

async function status(context: Context) {
  return withCore(context, async (core) => {
    await sayStatus(context, core);
    const { alarm, pending } = await core.control.current();
    return alarm !== undefined && pending === undefined ? EXIT.bad : EXIT.fine;
  });
}

async function sayStatus(context: Context, core: Core): Promise<void> {
  const { commit, root, alarm, pending } = await core.control.current();
  const changes = await planPending(core);
  const names = root.principals.map(({ name }) => name).join(", ");
  const lines = [
    `Law is commit ${commit}.`,
    `Roots, version ${root.version}: ${root.threshold} of ${names}.`,
    ...(alarm === undefined ? [] : [`Alarm: ${alarm}`]),
    ...(pending === undefined
      ? []
      : [
          `Waiting: ${pending.commit}, signed by ${pending.signedBy.join(", ")}. ${pending.canSign.map(({ name }) => name).join(", ")} can sign: npx assay law sign --key FILE`,
          sayPlan(changes),
        ]),
  ];
  context.print(
    { commit, root, alarm: alarm ?? null, pending: pending ?? null, changes },
    lines.join("\n"),
  );
}

async function list(context: Context) {
  return withCore(context, async (core) => {
    const proposals = await readProposals(core);
    if (proposals.length === 0) context.say("No proposal waits.");
    for (const one of proposals) print(context, one);
    return EXIT.fine;
  });
}

async function show(context: Context, [name = ""]: readonly string[]) {
  return withCore(context, async (core) => {
    const one = await getProposal(core, name);
    print(context, one);
    if (one.reading.kind === "bad") return EXIT.bad;
    context.say(`${sayPlan(one.reading.changes)}\nAccept it: npx assay law accept ${name}`);
    return EXIT.fine;
  });
}

function print(context: Context, { name, tip, reading }: Proposed): void {
  const { kind } = reading;
  const facts =
    kind === "ok"
      ? { author: reading.author, message: reading.message.trim(), changes: reading.changes }
      : { because: reading.because };
  const told =
    kind === "ok"
      ? `${reading.changes.length} changes, by ${reading.author}`
      : `cannot be merged: ${reading.because}`;
  // Whoever proposes chose these words, and they go to a terminal.
  const safe = told.replaceAll(/[\p{Cc}\p{Cf}]/gu, " ");
  context.print({ name, tip, kind, ...facts }, `${name}  ${tip.slice(0, 12)}  ${safe}`);
}

async function proposeFiles(context: Context, [name = ""]: readonly string[], values: Values) {
  const given = texts(values, "file");
  if (given.length === 0) throw wrongUsage("law", "--file PATH=FILE is missing.");
  const changes = new Map(
    given.map((pair) => {
      const [path = "", ...rest] = pair.split("=");
      if (path === "" || rest.length === 0)
        throw wrongUsage("law", `--file ${pair} is not of the form PATH=FILE.`);
      return [path, Buffer.from(readSmallFile(rest.join("="), MAX_FILE_BYTES))];
    }),
  );
  return withCore(context, async (core) => {
    const made = await propose(core, name, changes);
    print(context, made);
    if (made.reading.kind === "ok") context.say(sayPlan(made.reading.changes));
    return EXIT.fine;
  });
}

async function acceptOne(context: Context, [name = ""]: readonly string[], values: Values) {
  return withCore(context, async (core) => {
    const commit = await accept(core, name, text(values, "key"));
    context.say(`Proposal ${name} is commit ${commit} of main.`);
    await sayStatus(context, core);
    return EXIT.fine;
  });
}

async function rejectOne(context: Context, [name = ""]: readonly string[]) {
  return withCore(context, async (core) => {
    await reject(core, name);
    context.print({ name, rejected: true }, `Proposal ${name} is taken away.`);
    return EXIT.fine;
  });
}

async function signPending(context: Context, _words: readonly string[], values: Values) {
  return withCore(context, async (core) => {
    await sign(core, text(values, "key"));
    await sayStatus(context, core);
    return EXIT.fine;
  });
}
