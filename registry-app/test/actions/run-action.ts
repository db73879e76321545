import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ACTIONS = resolve(import.meta.dirname, "../../../actions");

export type ActionRun = {
  readonly code: number;
  readonly log: string;
  readonly summary: string;
  /** What stands in the file of outputs. */
  readonly outputs: string;
  /** Lines of `report-file`, for `check`. */
  readonly report: readonly ReportLine[];
  /** What lies in the runner's own folder at the end. */
  readonly left: readonly string[];
};
export type ReportLine = {
  readonly dir: string;
  readonly outcome: string;
  readonly lint: { readonly version?: string; readonly findings: readonly { rule: string }[] };
  readonly scan: unknown;
  readonly preview: { readonly kind: string; readonly because?: string; readonly tag?: string };
};

/** Runs the bundle as the runner of a job does, with nothing of our environment but PATH. */
export async function runAction(
  action: "check" | "release",
  workspace: string,
  inputs: Readonly<Record<string, string>>,
): Promise<ActionRun> {
  const dir = await mkdtemp(join(tmpdir(), "assay-job-"));
  const at = (name: string) => join(dir, name);
  const env = {
    PATH: process.env["PATH"],
    HOME: dir,
    GIT_CONFIG_NOSYSTEM: "1",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: workspace,
    GITHUB_STEP_SUMMARY: at("summary"),
    GITHUB_OUTPUT: at("outputs"),
    RUNNER_TEMP: dir,
    ...(action === "check" && { "INPUT_REPORT-FILE": at("report") }),
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    ),
  };
  const main = join(ACTIONS, action, "dist", "index.mjs");
  const child = spawn(process.execPath, [main], {
    cwd: workspace,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const parts: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => parts.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => parts.push(chunk));
  const code = await new Promise<number>((done, fail) => {
    child.on("error", fail);
    child.on("close", (end) => done(end ?? -1));
  });
  const read = (name: string) => readFile(at(name), "utf8").catch(() => "");
  const lines = (await read("report")).split("\n").filter((line) => line !== "");
  const report = lines.map((line) => JSON.parse(line) as ReportLine);
  const [summary, outputs] = [await read("summary"), await read("outputs")];
  const left = (await readdir(dir)).toSorted();
  await rm(dir, { recursive: true, force: true });
  return { code, log: Buffer.concat(parts).toString("utf8"), summary, outputs, report, left };
}

/** The commands that a runner would obey in a log: none while they are stopped. */
export function obeyed(log: string): readonly string[] {
  const found: string[] = [];
  let word: string | undefined;
  for (const line of log.split(/\r\n|\r|\n/).map((one) => one.trimStart())) {
    if (word !== undefined) {
      if (line === `::${word}::`) word = undefined;
    } else if (line.startsWith("::stop-commands::")) word = line.slice("::stop-commands::".length);
    else if (line.startsWith("::") || line.includes("##[")) found.push(line);
  }
  return found;
}
