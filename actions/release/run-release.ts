import { resolve } from "node:path";
import { askGit } from "../../registry-app/bin/author/git.ts";
import type { Output } from "../../registry-app/bin/command.ts";
import { release } from "../../registry-app/bin/commands/release.ts";
import { Refusal } from "../../registry-app/src/runtime/refusal.ts";
import { judgeFolder } from "../check/judge-folder.ts";
import { tell } from "../check/run-check.ts";
import type { Runner } from "../check/runner.ts";
import { isFailure, worstOf } from "../check/weigh.ts";
import { secretLines, withKeyFile } from "./signing-key.ts";

type Wish = {
  readonly folder: string;
  readonly skill: string;
  /** A version, or the step to it. */
  readonly wanted: string;
  readonly email: string;
  readonly name: string;
  readonly isDry: boolean;
};

const KEYLESS = [
  "A release is a signed tag, and no key was given.",
  "Make a key for releases: ssh-keygen -t ed25519 -N '' -f release-key\nhave release-key.pub admitted to the registry under an address of its own, keep release-key as the secret ASSAY_SSH_KEY,\nand give the step: ssh-key: ${{ secrets.ASSAY_SSH_KEY }}",
] as const;

/** What of the process the release changes: where git runs, and what it is told. */
export type ReleaseProcess = {
  readonly env: Record<string, string | undefined>;
  goTo(folder: string): void;
};

/** Says what Assay will say, then makes the signed tag and pushes it. Returns the exit code. */
export async function runRelease(own: ReleaseProcess, runner: Runner): Promise<number> {
  const key = takeKey(own, runner);
  const wish = await readWish(runner);
  const judged = await judgeFolder(wish.folder, wish.skill);
  tell(runner, judged, true);
  if (isFailure(worstOf(judged), "block"))
    throw new Refusal(
      "unprocessable",
      `Nothing was tagged: the registry would refuse ${wish.skill}, and a version never changes.`,
      "Mend what is listed above, commit, and release again.",
    );
  if (key === "" && wish.isDry) {
    runner.say("Nothing would be tagged without ssh-key; this was a preview alone.");
    return 0;
  }
  if (key === "") throw new Refusal("bad-request", ...KEYLESS);
  own.goTo(wish.folder);
  return withKeyFile(own.env["RUNNER_TEMP"], key, async (file) => {
    Object.assign(own.env, toGitConfig(own.env, wish, file));
    return release.run(toOutput(runner), [wish.skill, wish.wanted], { "dry-run": wish.isDry });
  });
}

/** The key, out of the environment that every child would inherit, and hidden from the log. */
function takeKey({ env }: ReleaseProcess, runner: Runner): string {
  const key = runner.input("ssh-key");
  delete env["INPUT_SSH-KEY"];
  for (const line of secretLines(key)) runner.command("add-mask", {}, line);
  return key;
}

async function readWish(runner: Runner): Promise<Wish> {
  const folder = resolve(runner.workspace, runner.input("path") || ".");
  const [skill, version, bump] = [
    runner.input("skill"),
    runner.input("version"),
    runner.input("bump"),
  ];
  if (!/^[a-z0-9][a-z0-9-]*$/.test(skill)) throw wrongInput("skill", "the name of the skill");
  if ((version === "") === (bump === ""))
    throw wrongInput("version or bump", "one of them: a version, or major, minor or patch");
  const wanted = version || bump;
  if (wanted.startsWith("-")) throw wrongInput("version", "a version such as 1.2.0");
  const email = runner.input("email") || ((await askGit(folder, "config", "user.email")) ?? "");
  if (email === "") throw wrongInput("email", "the address under which the registry knows the key");
  const isDry = runner.input("dry-run") || "false";
  if (isDry !== "true" && isDry !== "false") throw wrongInput("dry-run", "true or false");
  const name = runner.input("name") || email;
  return { folder, skill, wanted, email, name, isDry: isDry === "true" };
}

function wrongInput(name: string, known: string): Refusal {
  return new Refusal("bad-request", `The input ${name} is missing or not known.`, `Give ${known}.`);
}

/** Settings for the git of this step alone; nothing is written into the checkout. */
function toGitConfig(
  env: ReleaseProcess["env"],
  { email, name }: Wish,
  keyFile: string,
): Record<string, string> {
  const settings = [
    ["gpg.format", "ssh"],
    ["gpg.ssh.program", "ssh-keygen"],
    ["user.signingkey", keyFile],
    ["user.email", email],
    ["user.name", name],
  ] as const;
  const before = Number(env["GIT_CONFIG_COUNT"] ?? "0");
  const told = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${before + at}`, key],
    [`GIT_CONFIG_VALUE_${before + at}`, value],
  ]);
  const who = { GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_NAME: name };
  const silent = { GIT_TERMINAL_PROMPT: "0", SSH_ASKPASS_REQUIRE: "never" };
  const count = String(before + settings.length);
  return { ...Object.fromEntries(told), ...who, ...silent, GIT_CONFIG_COUNT: count };
}

/** As JSON, so that what the remote says comes to us and not straight into the log. */
function toOutput(runner: Runner): Output {
  return {
    isJson: true,
    say: (text) => runner.say(text),
    print(value, text) {
      const answer = "answer" in value && Array.isArray(value.answer) ? value.answer : [];
      if (answer.length > 0) runner.say(answer.join("\n"));
      runner.say(text);
      if ("tag" in value && typeof value.tag === "string") runner.output("tag", value.tag);
      if ("pushed" in value) runner.output("pushed", String(value.pushed === true));
    },
  };
}
