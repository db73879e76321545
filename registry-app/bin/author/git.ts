import { spawn } from "node:child_process";
import { Refusal } from "../../src/runtime/refusal.ts";

export type GitAnswer = { readonly code: number; readonly stdout: string; readonly stderr: string };

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs the author's own git, with their settings, keys and credentials, in their folder. It may ask on the terminal.
 * With `onStderr`, what it tells is passed on while it runs. Throws a Refusal when there is no git.
 */
export function runAuthorGit(
  dir: string,
  args: readonly string[],
  onStderr?: (text: string) => void,
): Promise<GitAnswer> {
  const child = spawn("git", args, { cwd: dir, stdio: ["inherit", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let sizeBytes = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_OUTPUT_BYTES) child.kill();
      else stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr.push(chunk);
      onStderr?.(chunk.toString("utf8"));
    });
    child.on("error", (cause) => reject(explainStart(cause, dir)));
    child.on("close", (code) =>
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8").trim(),
      }),
    );
  });
}

/** What git answers, without the line end; undefined when it says no. */
export async function askGit(dir: string, ...args: string[]): Promise<string | undefined> {
  const { code, stdout } = await runAuthorGit(dir, args);
  return code === 0 ? stdout.replace(/\n$/, "") : undefined;
}

function explainStart(cause: Error, dir: string): Error {
  if (!("code" in cause) || cause.code !== "ENOENT") return cause;
  return new Refusal(
    "unavailable",
    `git could not be started in ${dir}.`,
    "Install git 2.36 or newer, and name a folder that exists.",
  );
}
