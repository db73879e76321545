import { record } from "../../src/audit/index.ts";
import {
  addRevocation,
  dropLocalRevocations,
  listLocalRevocations,
  localRevocationsPath,
  readRevocation,
  revocationKey,
  revocationsOf,
  revokeLocally,
  type NewRevocation,
} from "../../src/control/index.ts";
import { transaction, withLock } from "../../src/db/index.ts";
import { reopener } from "../../src/jobs/index.ts";
import { actorName, SYSTEM } from "../../src/people/index.ts";
import { applyLaw, listReached } from "../../src/publish/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { changeLaw } from "./change-law.ts";
import { lawDepsOf } from "./law-deps.ts";
import type { Core } from "./open-core.ts";
import { openRegistryLog } from "./open-registry-log.ts";

export type Revoked = {
  /** False when the control repo said so before. */
  readonly changed: boolean;
  /** Coordinates of the published versions that it puts in doubt, and that are withdrawn now. */
  readonly reached: readonly string[];
};

/**
 * Acts first: what is revoked holds on this home before anything else is tried, and what it reaches is withdrawn. The
 * control repo is told afterwards. A crash anywhere in between leaves it in force, and the next run or the next start of
 * a worker tells the control repo.
 */
export async function revokeNow(core: Core, revocation: NewRevocation): Promise<Revoked> {
  return withLock(core.db, "revoke", async () => {
    const { subject } = readRevocation(revocation);
    await revokeLocally(core.paths.home, revocation);
    await transaction(core.db, (tx) =>
      record(tx, {
        actor: actorName(SYSTEM),
        action: "revocation.now",
        subject: `revocation:${revocationKey(subject)}`,
        detail: { ...revocation.fields },
        at: core.clock.now(),
      }),
    );
    await core.law();
    const registryLog = await openRegistryLog(core);
    const onReopened = reopener(core.queue);
    await applyLaw({ ...lawDepsOf(core, registryLog), onReopened });
    const reached = await listReached(core.db, revocationsOf(revocation));
    const changed = await commitRevocation(core, revocation);
    await finishRevocations(core);
    return { changed, reached };
  });
}

/** Only tells the control repo; what published versions come to is the worker's, as after every change of the law. */
export async function commitRevocation(core: Core, revocation: NewRevocation): Promise<boolean> {
  const subject = revocationKey(readRevocation(revocation).subject);
  const { changed } = await changeLaw(core, {
    change: (files) => addRevocation(files, revocation),
    message: `Revoke ${subject}: ${revocation.fields["kind"] ?? ""}`,
    subject: `revocation:${subject}`,
    detail: { ...revocation.fields },
  });
  return changed;
}

/** Tells the control repo what a run that was cut off had revoked on this home alone, and then forgets it here. */
export async function finishRevocations(core: Core): Promise<void> {
  const committed = async () => (await core.control.current()).snapshot;
  const left = await listLocalRevocations(core.paths.home, await committed());
  for (const revocation of left) await commitRevocation(core, revocation).catch(sayRefusal(core));
  if (await dropLocalRevocations(core.paths.home, await committed())) return;
  core.log.warn(
    { file: localRevocationsPath(core.paths.home) },
    "what was revoked at once is in force here and not law yet",
  );
}

/** With several roots a revocation waits for the others to sign: it is in force here, and nobody is kept from working. */
function sayRefusal({ log }: Core): (cause: unknown) => void {
  return (cause) => {
    if (!(cause instanceof Refusal)) throw cause;
    log.warn({ reason: cause.message, hint: cause.hint }, "a revocation is in force here only");
  };
}
