import { record } from "../../src/audit/index.ts";
import { proposeChange, type ControlFiles, type ControlSnapshot } from "../../src/control/index.ts";
import { transaction } from "../../src/db/index.ts";
import { actorName, SYSTEM } from "../../src/people/index.ts";
import type { Core } from "./open-core.ts";

export type LawChange = {
  /** Pure: the control repo's files to what they become. */
  readonly change: (files: ControlFiles) => ControlFiles;
  /** The commit's one line. */
  readonly message: string;
  /** What the audit log names as changed, such as `team:acme`. */
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

/**
 * Commits a change to the control repo as the operator and waits until the tables say the same. `changed` is false when
 * the law said so already.
 */
export async function changeLaw(
  core: Core,
  wanted: LawChange,
): Promise<{ readonly changed: boolean; readonly law: ControlSnapshot }> {
  const { operator, clock, readers, paths, db } = core;
  const { message, subject, detail = {} } = wanted;
  const time = clock.now();
  const done = await proposeChange(
    { readers },
    {
      repoDir: paths.control,
      change: wanted.change,
      message: `${message}\n`,
      author: operator.author,
      sign: operator.sign,
      time,
    },
  );
  const law = await core.law();
  if (done.kind === "unchanged") return { changed: false, law };
  await transaction(db, (tx) =>
    record(tx, {
      actor: actorName(SYSTEM),
      action: "control.change",
      subject,
      detail: { ...detail, message, commit: done.commit },
      at: time,
    }),
  );
  return { changed: true, law };
}
