import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { askGit, runAuthorGit } from "../author/git.ts";
import {
  checkTagSignature,
  findKeyFile,
  findSigningFaults,
  readSigning,
  type Signing,
} from "../author/signing.ts";
import { checkGit, fail, ok, sayCause, type Check } from "./check.ts";

const TAG = "assay-doctor--v0.0.1";

/** Whether somebody can sign releases in this folder: settings first, then the proof by a scratch tag. */
export async function* doctorAuthor(dir: string): AsyncGenerator<Check> {
  const git = await checkGit(dir);
  yield git;
  if (git.status === "fail") return;
  yield await checkKeygen(dir);
  const signing = await readSigning(dir);
  const faults = findSigningFaults(dir, signing);
  for (const { says, mend } of faults) yield fail("settings", says, mend);
  if (faults.length === 0) yield ok("settings", describeSettings(dir, signing));
  if (signing.name === undefined)
    yield fail(
      "user.name",
      "git config user.name is not set",
      "git config --global user.name 'YOUR NAME'",
    );
  if (faults.length === 0) yield await checkScratchTag(dir, signing);
}

async function checkKeygen(dir: string): Promise<Check> {
  const program = (await askGit(dir, "config", "--get", "gpg.ssh.program")) ?? "ssh-keygen";
  // Without arguments it would ask questions; with an unknown one it explains itself and ends.
  const run = spawnSync(program, ["-?"], { stdio: "ignore", timeout: 10_000 });
  if (run.error === undefined) return ok("ssh-keygen", `${program} is here; git signs through it`);
  return fail("ssh-keygen", `${program} cannot be started`, "apt-get install openssh-client");
}

function describeSettings(dir: string, { key, email }: Signing): string {
  const path = findKeyFile(dir, key);
  const held = path === undefined ? "a key that an agent or a command holds" : `${path} (0600)`;
  return `SSH signatures as ${email} with ${held}`;
}

/** In a repo of its own with the settings that hold here, so that nothing of the author's is touched. */
async function checkScratchTag(dir: string, { key, email, name }: Signing): Promise<Check> {
  const scratch = await mkdtemp(join(tmpdir(), "assay-doctor-"));
  const isRelative = key !== undefined && findKeyFile(dir, key) !== undefined && !isAbsolute(key);
  const settings = [
    "gpg.format=ssh",
    `user.email=${email ?? ""}`,
    `user.name=${name ?? "nobody"}`,
    ...(key === undefined || key === ""
      ? []
      : [`user.signingkey=${isRelative ? join(dir, key) : key}`]),
  ];
  const run = async (...args: string[]) => {
    const options = settings.flatMap((setting) => ["-c", setting]);
    const { code, stderr } = await runAuthorGit(scratch, [...options, ...args]);
    if (code !== 0) throw new Error(stderr === "" ? `git ${args[0]} ended with ${code}` : stderr);
  };
  const mend = "Try it by hand: git tag -s scratch -m scratch && git cat-file tag scratch";
  try {
    await run("init", "--quiet");
    await run(
      "commit",
      "--quiet",
      "--allow-empty",
      "--no-gpg-sign",
      "--no-verify",
      "-m",
      "scratch",
    );
    await run("tag", "-s", "-m", TAG, TAG);
    const signature = await checkTagSignature(scratch, TAG);
    if (signature.kind === "bad")
      return fail("signature", `of a scratch tag: ${signature.says}`, mend);
    return ok(
      "signature",
      `a scratch tag was signed with ${signature.key}, and the signature holds`,
    );
  } catch (cause) {
    return fail("signature", `no scratch tag could be signed: ${sayCause(cause)}`, mend);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
