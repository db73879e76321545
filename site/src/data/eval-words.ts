import { plural } from "./format.ts";
import type { EvalCase, EvalCasePage, EvalRun, EvalStatus } from "./eval-port.ts";

/** The state whose icon and colour a status has. */
export const STATUS_STATE = {
  running: "pending",
  passed: "pass",
  failed: "block",
  timeout: "block",
  errored: "errored",
  skipped: "skipped",
  ungraded: "incomplete",
} as const satisfies Readonly<Record<EvalStatus, string>>;

/** How a run is shown: by what it means for the version, once it is over. */
export function badgeOf({ state, status, outcome }: EvalRun) {
  if (state === "cancelled") return { state: "ignored", word: "cancelled" } as const;
  if (status === null) return { state: "pending", word: state } as const;
  if (outcome === "review") return { state: "review", word: "review" } as const;
  return { state: STATUS_STATE[status], word: status };
}

/** "1.2 s", "340 ms" */
export function sayDuration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** "1 MiB" */
export function sayMemory(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1024 / 1024))} MiB`;
}

/** "3 of 5 trials passed", or nothing where there was one. */
export function sayTrials({ trials, passedTrials }: EvalCase): string {
  return trials > 1 ? `${passedTrials} of ${plural(trials, "trial")} passed` : "";
}

/** Where a run stands, as a sentence. */
export function sayRun(run: EvalRun): string {
  switch (run.state) {
    case "queued":
      return run.attempt > 0
        ? `It failed on the registry's side and is tried again: ${run.summary}.`
        : run.before === 0
          ? "It is the next to be run."
          : `${plural(run.before ?? 0, "run")} come before it.`;
    case "running":
      return "It runs now.";
    case "cancelled":
      return run.summary;
    case "done":
      return run.report?.unavailable
        ? `Not run: no sandbox (${run.report.unavailable}). It is run as soon as there is one.`
        : run.summary;
  }
}

/** "docker 20.10.24, image 258d5029cf75, no network, runner 1" */
export function sayIsolation(run: EvalRun): string | undefined {
  const isolation = run.report?.isolation;
  if (!isolation) return undefined;
  const image = isolation.image.replace("sha256:", "").slice(0, 12);
  const kind = isolation.kind === "docker" ? "" : `${isolation.kind}, `;
  return `${kind}${isolation.engine}, image ${image}, no network, cgroup v${isolation.cgroup}, runner ${isolation.runner}`;
}

/** What became of a case between two versions. */
export const CHANGE_WORD = {
  same: "the same",
  mended: "mended",
  broken: "broken",
  other: "changed",
  added: "new",
  removed: "gone",
} as const;

/** That the same input came out differently, where it did. */
export function sayFlips({ runs, flipRate }: EvalCasePage["sameInput"]): string | undefined {
  if (flipRate === null || flipRate === 0) return undefined;
  const share = Math.round(flipRate * 100);
  return `Flaky: of ${runs} runs of the very same input, ${share} % came out otherwise than the one before.`;
}
