import { compareBump } from "../../src/changelog/index.ts";
import { createObjectReaders, type ObjectReaders } from "../../src/git/index.ts";
import { Refusal } from "../../src/runtime/refusal.ts";
import { declaredBump, formatTagName, isSkillName, isVersion } from "../../src/skill/index.ts";
import { askGit, runAuthorGit } from "../author/git.ts";
import {
  findCommit,
  findPrevious,
  findSkill,
  listVersions,
  openAuthorRepo,
  readCommitted,
  versionOf,
  type AuthorRepo,
  type PlacedSkill,
  type TaggedVersion,
} from "../author/repo.ts";
import { EXIT, text, wrongUsage, type Command, type ExitCode, type Output } from "../command.ts";
import { describeLint, toLintLine, type LintLine } from "../author/lint-line.ts";
import { stepVersion } from "../../src/changelog/index.ts";
import { previewChanges } from "../author/preview-changes.ts";
import { checkTagSignature, findSigningFaults, readSigning } from "../author/signing.ts";

type Plan = {
  readonly skill: string;
  readonly version: string;
  readonly tag: string;
  readonly commit: string;
  readonly branch: string;
  readonly remote: string;
  readonly lint: LintLine;
  readonly bump: { readonly declared: string; readonly required: string };
  /** What the author may want to know and nothing refuses. */
  readonly remarks: readonly string[];
};

const STEPS = ["major", "minor", "patch"] as const;

/** Makes and pushes the signed tag of a skill's next version. */
export const release = {
  summary: "make the signed tag of a skill's next version and push it",
  usage: "SKILL major|minor|patch|VERSION [--dry-run] [--remote origin]",
  environment: "unread",
  options: { "dry-run": { type: "boolean" }, remote: { type: "string" } },
  help: [
    "",
    "Run it in your checkout, with the skill committed. git signs with your own settings;",
    "npx assay doctor --author tells whether they are right. --dry-run changes nothing.",
    "Ends with 1 when the skill is not publishable or the remote refuses the tag.",
    "",
    "Examples:",
    "  npx assay release hello minor --dry-run",
    "  npx assay release hello 1.2.0",
  ],
  async run(output, [name, wanted, ...more], values) {
    if (name === undefined || wanted === undefined || more.length > 0)
      throw wrongUsage("release", "Write it as: npx assay release SKILL major|minor|patch|VERSION");
    const remote = text(values, "remote") ?? "origin";
    if (remote.startsWith("-")) throw wrongUsage("release", `${remote} is not a remote.`);
    const repo = await openAuthorRepo(process.cwd());
    const readers = createObjectReaders();
    try {
      const plan = await makePlan(readers, repo, name, wanted, remote);
      return values["dry-run"] === true
        ? showPlan(output, plan)
        : await carryOut(output, repo, plan);
    } finally {
      await readers.close();
    }
  },
} satisfies Command;

async function makePlan(
  readers: ObjectReaders,
  repo: AuthorRepo,
  name: string,
  wanted: string,
  remote: string,
): Promise<Plan> {
  await refuseUnableToSign(repo);
  const branch = await askGit(repo.dir, "symbolic-ref", "--quiet", "--short", "HEAD");
  if (branch === undefined)
    throw new Refusal("conflict", "HEAD is on no branch.", "Go to one: git switch main");
  const commit = await findCommit(repo, "HEAD");
  const skill = await findSkill(repo, commit, name);
  if (!isSkillName(name))
    throw new Refusal("unprocessable", `${name} cannot be a skill's name.`, "Use a-z, 0-9 and -.");
  await refuseUncommitted(repo, skill);
  const versions = await listVersions(repo, skill);
  const previous = await findPrevious(repo, versions, commit);
  const version = chooseVersion(wanted, previous);
  const remarks = await refuseTaken(repo, skill, versions, version, remote);
  const tag = formatTagName(name, version);
  const { reading } = await readCommitted(readers, repo, skill, commit, { name, version });
  const { requiredBump } = await previewChanges(readers, repo, skill, { previous, to: commit });
  const declared = declaredBump(previous?.version, version);
  const verdict = compareBump(declared, requiredBump);
  return {
    skill: name,
    version,
    tag,
    commit,
    branch,
    remote,
    lint: toLintLine(skill.folder.dir === "" ? "." : skill.folder.dir, reading),
    bump: { declared, required: requiredBump },
    remarks: verdict.kind === "too-small" ? [...remarks, verdict.text] : remarks,
  };
}

async function refuseUnableToSign({ dir }: AuthorRepo): Promise<void> {
  const faults = findSigningFaults(dir, await readSigning(dir));
  const [first] = faults;
  if (first === undefined) return;
  throw new Refusal(
    "conflict",
    `A release is a signed tag, and git cannot sign here: ${faults.map(({ says }) => says).join("; ")}.`,
    `Run: ${faults.map(({ mend }) => mend).join("\n       then: ")}\n       and see: npx assay doctor --author`,
  );
}

async function refuseUncommitted(repo: AuthorRepo, { name, folder }: PlacedSkill): Promise<void> {
  const path = `:(top)${folder.dir}`;
  const changed = await askGit(repo.dir, "status", "--porcelain", "--", path);
  if (changed === undefined || changed === "") return;
  throw new Refusal(
    "conflict",
    `${name} has changes that are not committed, so the tag would not hold them:\n${changed}`,
    "Commit them, or put them aside: git stash",
  );
}

function chooseVersion(wanted: string, previous: TaggedVersion | undefined): string {
  const step = STEPS.find((one) => one === wanted);
  if (step !== undefined) return stepVersion(previous?.version, step) ?? "";
  const version = wanted.replace(/^v/, "");
  if (isVersion(version)) return version;
  throw wrongUsage(
    "release",
    `${JSON.stringify(wanted)} is neither major, minor, patch nor a version such as 1.2.0.`,
  );
}

/** Looks at the remote's tags as well, since others release too; returns a remark when it does not answer. */
async function refuseTaken(
  repo: AuthorRepo,
  skill: PlacedSkill,
  versions: readonly TaggedVersion[],
  version: string,
  remote: string,
): Promise<readonly string[]> {
  const here = versions.find((one) => one.version === version);
  const listed = await runAuthorGit(repo.dir, ["ls-remote", "--tags", "--refs", "--", remote]);
  const there = listed.stdout
    .split("\n")
    .map((line) => line.slice(line.indexOf("refs/tags/") + "refs/tags/".length))
    .find((tag) => versionOf(tag, skill) === version);
  const tag = there ?? here?.tag;
  if (tag !== undefined)
    throw new Refusal(
      "conflict",
      `Version ${version} of ${skill.name} is tagged already: ${tag}${there === undefined ? ", in this checkout only" : ` at ${remote}`}.`,
      there === undefined
        ? `Push it: git push ${remote} ${tag}   or take it back: git tag -d ${tag}`
        : `A version never changes: release the next one (git fetch --tags ${remote} tells which there are).`,
    );
  if (listed.code === 0) return [];
  return [`${remote} does not answer, so its tags are not known: ${lastLine(listed.stderr)}`];
}

function showPlan(output: Output, plan: Plan): ExitCode {
  const { lint, tag, commit, branch, remote, remarks } = plan;
  const lines = [
    describeLint(lint),
    ...remarks.map((remark) => `note: ${remark}`),
    ...(lint.publishable
      ? [
          `Would run: git tag -s ${tag} -m ${tag} ${commit.slice(0, 12)}`,
          `           git push ${remote} HEAD:refs/heads/${branch} refs/tags/${tag}`,
        ]
      : [`Nothing would be tagged: the registry would refuse ${tag} as INVALID_SKILL.`]),
  ];
  output.print({ ...plan, dryRun: true, pushed: false, answer: [] }, lines.join("\n"));
  return lint.publishable ? EXIT.fine : EXIT.bad;
}

async function carryOut(output: Output, repo: AuthorRepo, plan: Plan): Promise<ExitCode> {
  const told = { ...plan, dryRun: false };
  if (!plan.lint.publishable) {
    const says = `Nothing was tagged: the registry would refuse ${plan.tag}.`;
    const line = { ...told, pushed: false, answer: [] };
    output.print(line, `${describeLint(plan.lint)}\n${says}`);
    return EXIT.bad;
  }
  for (const remark of plan.remarks) output.say(`note: ${remark}`);
  await makeTag(repo, plan);
  const push = await pushTag(output, repo, plan);
  const answer = push.stderr.split("\n").filter((line) => line !== "");
  const isPushed = push.code === 0;
  const kept = `${plan.tag} was not accepted at ${plan.remote}; it is kept in this checkout. When mended, take it back and release again: git tag -d ${plan.tag}`;
  const says = isPushed ? `${plan.tag} is pushed to ${plan.remote}.` : kept;
  output.print({ ...told, pushed: isPushed, answer }, says);
  // 1: the remote looked at it and said no; anything else is that it could not be asked.
  return isPushed ? EXIT.fine : push.code === 1 ? EXIT.bad : EXIT.failed;
}

async function makeTag({ dir }: AuthorRepo, { tag, commit }: Plan): Promise<void> {
  const made = await runAuthorGit(dir, ["tag", "-s", "-m", tag, tag, commit]);
  const hint = "See what is wrong: npx assay doctor --author";
  if (made.code !== 0) throw new Refusal("conflict", `git made no tag: ${made.stderr}`, hint);
  const signature = await checkTagSignature(dir, tag);
  if (signature.kind === "signed") return;
  await runAuthorGit(dir, ["tag", "-d", tag]);
  const told = made.stderr === "" ? "" : ` git said: ${made.stderr}`;
  throw new Refusal(
    "conflict",
    `git tag -s made ${tag}, but ${signature.says}; it was taken back.${told}`,
    `A usual cause is a key file that others may read: chmod 600 "$(git config user.signingkey)"\n       ${hint}`,
  );
}

function pushTag(output: Output, { dir }: AuthorRepo, { remote, branch, tag }: Plan) {
  const refs = [`HEAD:refs/heads/${branch}`, `refs/tags/${tag}`];
  return runAuthorGit(dir, ["push", "--", remote, ...refs], (chunk) => {
    if (!output.isJson) process.stderr.write(chunk);
  });
}

function lastLine(told: string): string {
  return told.split("\n").at(-1) ?? "";
}
