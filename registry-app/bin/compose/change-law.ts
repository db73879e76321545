import { record } from "../../src/audit/index.ts";
import {
  proposeChange,
  type ControlFiles,
  type ControlSnapshot,
  type OperatorKey,
} from "../../src/control/index.ts";
import { transaction } from "../../src/db/index.ts";
import { actorName, SYSTEM } from "../../src/people/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import type { Core } from "./open-core.ts";

export type LawChange = {
  /** Pure: the control repo's files to what they become. */
  readonly change: (files: ControlFiles) => ControlFiles;
  /** The commit's one line. */
  readonly message: string;
  /** What the audit log names as changed, such as `team:acme`. */
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Who commits; without it, the operator. */
  readonly by?: LawSigner;
};

/** Whose key signs a commit of the control repo, and the one word that stands for them in the law. */
export type LawSigner = {
  readonly principal: string;
  readonly author: OperatorKey["author"];
  readonly sign: OperatorKey["sign"];
  readonly fingerprint: string;
};

/**
 * Commits a change to the control repo, as the operator unless somebody else is named, and waits until the tables say the same. `changed` is false when
 * the law said so already.
 */
export async function changeLaw(
  core: Core,
  wanted: LawChange,
): Promise<{ readonly changed: boolean; readonly law: ControlSnapshot }> {
  const { operator, clock, readers, paths, db } = core;
  const { message, subject, detail = {}, by } = wanted;
  const time = clock.now();
  await refusePutBack(core);
  const done = await proposeChange(
    { readers },
    {
      repoDir: paths.control,
      change: wanted.change,
      message: `${message}\n`,
      author: by?.author ?? operator.author,
      sign: by?.sign ?? operator.sign,
      time,
    },
  );
  const law = await core.law();
  if (done.kind === "committed")
    await transaction(db, (tx) =>
      record(tx, {
        actor: by?.principal ?? actorName(SYSTEM),
        action: "control.change",
        subject,
        detail: { ...detail, message, commit: done.commit },
        at: time,
      }),
    );
  await refuseWaiting(core, done.commit);
  return { changed: done.kind === "committed", law };
}

/** Nothing is added to a history that was put back: it would make the older law look like a newer one. */
export async function refusePutBack({ control }: Core): Promise<void> {
  const { isPutBack, alarm = "" } = await control.current();
  if (isPutBack) throw new Refusal("conflict", `The control repo is not added to: ${alarm}.`);
}

/** With several roots a change is law when enough of them have signed; until then nothing that follows on it is there. */
async function refuseWaiting({ control }: Core, commit: string): Promise<void> {
  const { pending } = await control.current();
  if (pending === undefined || pending.commit !== commit) return;
  throw new Refusal(
    "conflict",
    `The change is commit ${commit} of the control repo and no law yet: it waits for ${pending.waitsFor} to sign (${pending.canSign.map(({ name }) => name).join(", ")}).`,
    "Look at it: npx assay law status. Sign it: npx assay law sign, or push an empty signed commit on top.",
  );
}
