import { randomUUID } from "node:crypto";
import {
  access,
  chmod,
  constants,
  mkdir,
  readFile,
  rename,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "../../runtime/index.ts";

const ANSWER = `fail() { printf '%s\\n' 'Assay could not judge this push; push again.' >&2; exit 1; }
show() { while IFS= read -r line <&4 && [ "$line" != . ]; do printf '%s\\n' "\${line#|}" >&2; done; }
`;

// Both hooks speak to the server over two pipes inherited from receive-pack: questions on 3, answers on 4. A pipe that
// is missing or closed refuses. No program is started, since that would cost more than the judging.
const HOOKS = {
  "pre-receive": `#!/bin/sh
# Written by Assay, which rewrites it at each start.
${ANSWER}printf 'push\\nobjects %s\\nalternates %s\\n' "$GIT_OBJECT_DIRECTORY" "$GIT_ALTERNATE_OBJECT_DIRECTORIES" >&3 || fail
while IFS= read -r line; do printf 'ref %s\\n' "$line" >&3 || fail; done
printf 'end\\n' >&3 || fail
IFS= read -r verdict <&4 || fail
show
[ "$verdict" = go ]
`,
  update: `#!/bin/sh
# Written by Assay, which rewrites it at each start.
${ANSWER}printf 'update %s %s %s\\n' "$2" "$3" "$1" >&3 || fail
IFS= read -r verdict <&4 || fail
show
[ "$verdict" = "accept $3 $1" ]
`,
} as const;

/**
 * Writes the two hooks into `dir` (0700, hooks 0755), replacing what differs; never a folder inside a repository.
 * Throws a Refusal when what was written cannot be run, as on a volume mounted noexec.
 */
export async function installHooks(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  for (const [name, text] of Object.entries(HOOKS)) {
    await installHook(join(dir, name), text);
  }
  if (await areHooksRunnable(dir)) return;
  throw new Refusal(
    "unavailable",
    `The git hooks in ${dir} cannot be run.`,
    "Put ASSAY_HOME on a volume that is not mounted noexec.",
  );
}

/** Git passes over a hook that it cannot run, and the push goes unjudged: ask before each one. */
export async function areHooksRunnable(dir: string): Promise<boolean> {
  const asked = Object.keys(HOOKS).map((name) => access(join(dir, name), constants.X_OK));
  return (await Promise.allSettled(asked)).every((one) => one.status === "fulfilled");
}

async function installHook(path: string, text: string): Promise<void> {
  if (await isInstalled(path, text)) return;
  // A push may be starting the old hook at this moment: it is replaced whole, never written over.
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, text, { mode: 0o700, flag: "wx" });
  await chmod(aside, 0o755);
  await rename(aside, path);
}

async function isInstalled(path: string, text: string): Promise<boolean> {
  try {
    if (((await stat(path)).mode & 0o777) !== 0o755) return false;
    return (await readFile(path, "utf8")) === text;
  } catch {
    return false;
  }
}
