import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const APP = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ENTRY = join(APP, "bin", "assay.ts");
const COMPILED = join(dirname(APP), "node_modules", ".cache", "compile");

export type CliRun = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The NDJSON on stdout. */
  lines(): Record<string, unknown>[];
};

export type CliPlace = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on stdin; without it stdin is closed. */
  readonly input?: string;
};

/** Lines about cases, which are told of as they end, in the order of their names. */
export const byCase = (lines: readonly Record<string, unknown>[]) =>
  lines.toSorted((one, other) => (String(one["case"]) < String(other["case"]) ? -1 : 1));

/** Runs the real command line as a process of its own, with nothing of our environment but PATH, as assay.mjs starts it. */
export function runCli(args: readonly string[], place: CliPlace = {}): Promise<CliRun> {
  const own = { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: COMPILED };
  const env = { ...own, ...place.env };
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: place.cwd,
    env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(place.input ?? "");
  return new Promise((resolve, reject) => {
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const stdout = Buffer.concat(out).toString("utf8");
      resolve({
        code: code ?? -1,
        stdout,
        stderr: Buffer.concat(err).toString("utf8"),
        lines: () =>
          stdout
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as Record<string, unknown>),
      });
    });
  });
}
