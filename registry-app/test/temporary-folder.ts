import { mkdtemp, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const IN_MEMORY = "/dev/shm";
const LEAST_FREE_BYTES = 2 ** 30;

/** A new private folder for a database: in memory where there is room, since copying a template is 300 files. */
export async function makeTemporaryFolder(prefix: string): Promise<string> {
  const space = await statfs(IN_MEMORY).catch(() => undefined);
  const hasRoom = space !== undefined && space.bavail * space.bsize > LEAST_FREE_BYTES;
  return mkdtemp(join(hasRoom ? IN_MEMORY : tmpdir(), prefix));
}
