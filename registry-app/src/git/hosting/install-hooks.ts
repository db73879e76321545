/** Writes the two hooks into `dir` (0700, hooks 0755), replacing what differs; never a folder inside a repository. */
export async function installHooks(dir: string): Promise<void> {
  throw new Error(dir);
}
