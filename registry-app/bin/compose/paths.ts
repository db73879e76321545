import { join } from "node:path";

/** Where everything lies under ASSAY_HOME. */
export type HomePaths = ReturnType<typeof homePaths>;

export function homePaths(home: string) {
  const git = join(home, "git");
  return {
    home,
    git,
    control: join(git, "control.git"),
    log: join(git, "log.git"),
    /** There once the log may hold a line of a private source, and for ever: the log forgets nothing. */
    logIsPrivate: join(git, "log-is-private"),
    hooks: join(home, "hooks"),
    blobs: join(home, "blobs"),
    publicFiles: join(home, "public"),
    registryKey: join(home, "keys", "registry_ed25519"),
    demo: join(home, "demo"),
    running: join(home, "running.json"),
  } as const;
}
