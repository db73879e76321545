import { expect, it } from "vitest";
import type { CheckRun } from "./check-run.ts";
import type { Octokit } from "./connect.ts";
import { sendReport } from "./send-report.ts";

const REPO = { owner: "acme", name: "skills" };
const LINE = { path: "SKILL.md", line: 1, level: "warning", title: "t", message: "m" } as const;

function runOf(conclusion: CheckRun["conclusion"], annotations: CheckRun["annotations"]): CheckRun {
  return {
    name: "Assay: adder",
    headSha: "0".repeat(40),
    status: conclusion === null ? "in_progress" : "completed",
    conclusion,
    detailsUrl: "https://assay.example",
    externalId: "x",
    title: "t",
    summary: "s",
    annotations,
    actions: [],
  };
}

/** GitHub's side: what was asked of it, as `create` or `update ID`, with the conclusion and how many annotations. */
function gitHub() {
  const asked: string[] = [];
  const say = (what: string, body: Record<string, unknown>) => {
    const output = body["output"] as { annotations: unknown[] } | undefined;
    asked.push(`${what} ${String(body["conclusion"])} ${output?.annotations.length ?? "-"}`);
  };
  const checks = {
    create: async (body: Record<string, unknown>) => {
      say("create", body);
      return { data: { id: asked.length } };
    },
    update: async (body: Record<string, unknown>) => {
      say(`update ${String(body["check_run_id"])}`, body);
    },
  };
  return { asked, octokit: { rest: { checks } } as unknown as Octokit };
}

it("what is judged and comes to have annotations is told by the check run that said that it was judged", async () => {
  const { asked, octokit } = gitHub();
  const told = await sendReport(octokit, REPO, runOf(null, []), null);
  await sendReport(octokit, REPO, runOf("success", [LINE]), told);
  expect(asked).toEqual(["create undefined 0", "update 1 success 1"]);
});

it("a report whose annotations change is another check run, and the one before is not left going on", async () => {
  const { asked, octokit } = gitHub();
  const told = await sendReport(octokit, REPO, runOf(null, [LINE]), null);
  await sendReport(octokit, REPO, runOf("failure", [LINE, LINE]), told);
  expect(asked).toEqual(["create undefined 1", "update 1 cancelled -", "create failure 2"]);
});

it("more annotations than GitHub takes at once are told in batches, and saying them again tells none twice", async () => {
  const { asked, octokit } = gitHub();
  const many = Array.from({ length: 120 }, () => LINE);
  const told = await sendReport(octokit, REPO, runOf("failure", many), null);
  expect(asked).toEqual(["create failure 50", "update 1 failure 50", "update 1 failure 20"]);
  asked.length = 0;
  await sendReport(octokit, REPO, runOf("neutral", many), told);
  expect(asked).toEqual(["update 1 neutral 0"]);
});
