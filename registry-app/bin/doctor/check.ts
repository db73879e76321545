import { runAuthorGit } from "../author/git.ts";

/** One thing looked at; `mend` is the command that mends it. */
export type Check = {
  readonly check: string;
  readonly status: "ok" | "warn" | "fail";
  readonly says: string;
  readonly mend?: string;
};

export function ok(check: string, says: string): Check {
  return { check, status: "ok", says };
}

export function warn(check: string, says: string, mend: string): Check {
  return { check, status: "warn", says, mend };
}

export function fail(check: string, says: string, mend: string): Check {
  return { check, status: "fail", says, mend };
}

/** What went wrong, in one line. */
export function sayCause(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
}

const LEAST_GIT = [2, 36] as const;

/** Pooled object reading needs `cat-file --batch-command`, which came with git 2.36; SSH signatures came with 2.34. */
export async function checkGit(dir: string): Promise<Check> {
  const mend = "Install git 2.36 or newer: apt-get install git";
  try {
    const { stdout } = await runAuthorGit(dir, ["--version"]);
    const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
    const [isMajor, isMinor] = [Number(major ?? 0), Number(minor ?? 0)];
    const isNew = isMajor > LEAST_GIT[0] || (isMajor === LEAST_GIT[0] && isMinor >= LEAST_GIT[1]);
    const says = stdout.trim();
    return isNew ? ok("git", says) : fail("git", `${says} is too old`, mend);
  } catch (cause) {
    return fail("git", sayCause(cause), mend);
  }
}
