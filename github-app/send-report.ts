import { createHash } from "node:crypto";
import type { Repo } from "./addresses.ts";
import type { Octokit } from "./connect.ts";
import type { Annotation, CheckRun } from "./check-run.ts";

/** GitHub takes this many annotations in one request, and appends those of further ones. */
const AT_ONCE = 50;

/**
 * Makes the check run say this: the one that was told last, or a new one. Gives what to call it by the next time. GitHub
 * adds the annotations of an update to those that are there, so that a run is changed while it has none or they stay, and
 * is followed by another otherwise.
 */
export async function sendReport(
  octokit: Octokit,
  repo: Repo,
  run: CheckRun,
  told: string | null,
): Promise<string> {
  const digest = digestOf(run.annotations);
  const [id = "", lastDigest] = (told ?? "").split(".");
  const called = (name: string | number) =>
    `${name}.${digest}${run.conclusion === null ? ".open" : ""}`;
  const isSame = lastDigest === digest;
  // One request at most: a second that fails would be tried again with the first, and its annotations stand twice.
  const isFirst = lastDigest === NO_ANNOTATIONS && run.annotations.length <= AT_ONCE;
  if (id !== "" && (isSame || isFirst)) {
    const annotations = isSame ? [] : run.annotations;
    await update(octokit, repo, { run, id: Number(id), annotations });
    return called(id);
  }
  if (told !== null) await endReport(octokit, repo, told);
  const [first = [], ...more] = inBatches(run.annotations);
  const created = await create(octokit, repo, run, first);
  for (const annotations of more) await update(octokit, repo, { run, id: created, annotations });
  return called(created);
}

/** Ends a check run that still goes on, since nobody will tell how it ended: a newer commit has its own. */
export async function endReport(octokit: Octokit, repo: Repo, told: string): Promise<void> {
  const [id, , state] = told.split(".");
  if (state !== "open") return;
  await octokit.rest.checks.update({
    owner: repo.owner,
    repo: repo.name,
    check_run_id: Number(id),
    status: "completed",
    conclusion: "cancelled",
  });
}

function digestOf(annotations: readonly Annotation[]): string {
  return createHash("sha256").update(JSON.stringify(annotations)).digest("hex").slice(0, 16);
}

const NO_ANNOTATIONS = digestOf([]);

function inBatches(all: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const count = Math.ceil(all.length / AT_ONCE);
  return Array.from({ length: count }, (_, nth) => all.slice(nth * AT_ONCE, (nth + 1) * AT_ONCE));
}

async function create(
  octokit: Octokit,
  repo: Repo,
  run: CheckRun,
  annotations: readonly Annotation[],
): Promise<number> {
  const { data } = await octokit.rest.checks.create({
    owner: repo.owner,
    repo: repo.name,
    head_sha: run.headSha,
    ...toBody(run, annotations),
  });
  return data.id;
}

async function update(
  octokit: Octokit,
  repo: Repo,
  told: {
    readonly run: CheckRun;
    readonly id: number;
    readonly annotations: readonly Annotation[];
  },
): Promise<void> {
  const { run, id, annotations } = told;
  const place = { owner: repo.owner, repo: repo.name, check_run_id: id };
  await octokit.rest.checks.update({ ...place, ...toBody(run, annotations) });
}

function toBody(run: CheckRun, annotations: readonly Annotation[]) {
  const { name, status, conclusion, detailsUrl, externalId, title, summary, actions } = run;
  return {
    name,
    status,
    ...(conclusion !== null && { conclusion }),
    details_url: detailsUrl,
    external_id: externalId,
    actions: [...actions],
    output: {
      title,
      summary,
      annotations: annotations.map((one) => ({
        path: one.path,
        start_line: one.line,
        end_line: one.line,
        annotation_level: one.level,
        title: one.title,
        message: one.message,
      })),
    },
  };
}
