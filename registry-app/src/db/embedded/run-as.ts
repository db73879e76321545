import { chown } from "node:fs/promises";

/** Postgres refuses to run as root. `ids` is the unprivileged user it gets then, empty when we are not root. */
export type RunAs = { readonly ids: { readonly uid?: number; readonly gid?: number } };

const NOBODY = 65_534;

export function runAsFor(uid: number | undefined): RunAs {
  return uid === 0 ? { ids: { uid: NOBODY, gid: NOBODY } } : { ids: {} };
}

/** Gives `path` to the user Postgres runs as; nothing to do when that is us. */
export async function handOver(path: string, { ids }: RunAs): Promise<void> {
  if (ids.uid !== undefined && ids.gid !== undefined) await chown(path, ids.uid, ids.gid);
}

/**
 * How Postgres is told where its data is; it is always started with that folder as its working directory.
 * As root on Linux the data may lie below folders that the unprivileged user cannot pass (ASSAY_HOME under
 * /root, mode 0700). A working directory is inherited without passing through its parents, and /proc/self/cwd
 * names it without a path, in the server and in each process that it forks.
 */
export function dataArgument(folder: string, { ids }: RunAs): string {
  return ids.uid !== undefined && process.platform === "linux" ? "/proc/self/cwd" : folder;
}
