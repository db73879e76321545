import type { Button } from "./asks.ts";
import { oneLine } from "./markup.ts";

/** A check run, as GitHub takes it (REST, "Create a check run"). */
export type CheckRun = {
  readonly name: string;
  readonly headSha: string;
  readonly status: "in_progress" | "completed";
  readonly conclusion: "success" | "failure" | "neutral" | "action_required" | null;
  readonly detailsUrl: string;
  readonly externalId: string;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  /** Buttons, at most three. */
  readonly actions: readonly Action[];
};

/** A button; what it asks for is carried out for those alone who may write to the repo. */
export type Action = {
  /** At most 20 characters. */
  readonly label: string;
  /** At most 40 characters. */
  readonly description: string;
  readonly identifier: Button;
};

export const ACTIONS = {
  "run-evals": {
    label: "Run evals again",
    description: "Run the test cases of this commit anew",
    identifier: "run-evals",
  },
  "ask-waiver": {
    label: "Ask for a waiver",
    description: "Ask somebody else to let it pass",
    identifier: "ask-waiver",
  },
  judge: {
    label: "Judge this commit",
    description: "Have this very commit of a fork judged",
    identifier: "judge",
  },
} as const satisfies Record<Button, Action>;

/** Plain text for GitHub; the path leads from the root of the repo. */
export type Annotation = {
  readonly path: string;
  readonly line: number;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
};

export const MAX_TITLE = 255;
/** GitHub takes 65,535 characters. */
export const MAX_SUMMARY = 60_000;
/** More are on the page; GitHub takes 50 in one request. */
export const MAX_ANNOTATIONS = 500;
const MAX_MESSAGE = 4_000;

const LEVEL: Readonly<Record<string, Annotation["level"]>> = {
  error: "failure",
  critical: "failure",
  high: "failure",
  medium: "warning",
  warning: "warning",
};

type Finding = {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly fix?: string | undefined;
};

/** A finding where it is in the repo; `folder` is the skill's, empty for the root. */
export function toAnnotation(folder: string, finding: Finding): Annotation {
  const { rule, severity, message, file, line, fix } = finding;
  return {
    path: folder === "" ? file : `${folder}/${file}`,
    line: Math.max(1, line),
    level: LEVEL[severity] ?? "notice",
    title: oneLine(`${rule} (${severity})`, MAX_TITLE),
    message: oneLine([message, fix ?? ""].join(" "), MAX_MESSAGE),
  };
}
