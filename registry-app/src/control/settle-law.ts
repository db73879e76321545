import { createHash } from "node:crypto";
import { Stalled } from "../runtime/index.ts";
import { parseControl, TIGHTENING_FILE } from "./parse-control.ts";
import {
  type ControlStore,
  describeProblems,
  readControl,
  readControlFiles,
} from "./read-control.ts";
import { uniteRevocations } from "./revocations.ts";
import type { ControlFiles, ControlSnapshot, RememberedLaw, Tightening } from "./types.ts";
import type { Walk } from "./walk-law.ts";

export type Law = { readonly snapshot: ControlSnapshot; readonly commit: string };
export type Settled = {
  readonly law: Law;
  readonly alarm: string | undefined;
  /** The newest commit that was signed for and is no law; its revocations and yanks hold. */
  readonly brokenCommit: string | undefined;
};

/** The newest lawful commit that can be read is the law; a newer one that cannot still revokes and yanks. */
export async function settleLaw(
  store: ControlStore,
  walk: Pick<Walk, "lawful" | "alarm" | "pending">,
  before: Law | undefined,
): Promise<Settled> {
  let law = before;
  let broken: { problems: string; tightening: Tightening; commit: string } | undefined;
  for (const { commit, flaw } of walk.lawful.toReversed()) {
    const parsed = await readControl(store, commit);
    if (parsed.kind === "ok" && flaw === undefined) {
      law = { snapshot: parsed.snapshot, commit };
      break;
    }
    const problems = flaw ?? (parsed.kind === "ok" ? "" : describeProblems(parsed.problems));
    const tightening = parsed.kind === "ok" ? parsed.snapshot : parsed.tightening;
    broken ??= { problems, tightening, commit };
  }
  const waits =
    walk.pending && `commit ${walk.pending.commit} waits for ${walk.pending.waitsFor} to sign`;
  if (law === undefined)
    throw new Stalled(
      `the control repo has no lawful commit: ${walk.alarm ?? broken?.problems ?? waits ?? "it is empty"}`,
    );
  const alarms = [
    ...(walk.alarm === undefined ? [] : [walk.alarm]),
    ...(waits === undefined ? [] : [waits]),
    ...(broken === undefined ? [] : [`commit ${broken.commit} is broken: ${broken.problems}`]),
  ];
  const alarm =
    alarms.length === 0 ? undefined : `${alarms.join("; ")}; law stays at ${law.commit}`;
  const snapshot =
    broken === undefined ? law.snapshot : tighten(law.snapshot, broken.tightening, broken.commit);
  return { law: { snapshot, commit: law.commit }, alarm, brokenCommit: broken?.commit };
}

/** What was law, from git or, when git has lost it, from what was kept. */
export async function recoverLaw(
  store: ControlStore,
  { commit, files, tightening }: RememberedLaw,
  how?: "with tightening",
): Promise<Law> {
  const inGit = await readControl(store, commit);
  const parsed = inGit.kind === "ok" ? inGit : parseControl(files);
  if (parsed.kind === "broken")
    throw new Stalled(
      `the law ${commit} is lost and its copy cannot be read: ${describeProblems(parsed.problems)}`,
    );
  if (how === undefined || tightening === undefined) return { commit, snapshot: parsed.snapshot };
  const more = parseControl(tightening.files);
  const extra = more.kind === "ok" ? more.snapshot : more.tightening;
  return { commit, snapshot: tighten(parsed.snapshot, extra, tightening.commit) };
}

/** The files of a commit that hold even when others of it are broken. */
export async function tighteningFiles(store: ControlStore, commit: string): Promise<ControlFiles> {
  const read = await readControlFiles(store, commit);
  if (read.kind === "broken") return new Map();
  return new Map([...read.files].filter(([path]) => TIGHTENING_FILE.test(path)));
}

function tighten(snapshot: ControlSnapshot, more: Tightening, commit: string): ControlSnapshot {
  return {
    ...snapshot,
    digest: digestOf(`${snapshot.digest} ${commit}`),
    trustDigest: digestOf(`${snapshot.trustDigest} ${commit}`),
    revoked: uniteRevocations(snapshot.revoked, more.revoked),
    yanks: [...snapshot.yanks, ...more.yanks],
  };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
