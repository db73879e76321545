import { join } from "node:path";
import { createSshVerifier, parseAllowedSigners, parseOpenPgpKeys } from "../../src/keys/index.ts";
import { EMPTY_LOCK, type Lock } from "../../src/proof/index.ts";
import { Refusal } from "../../src/runtime/refusal.ts";
import {
  EXIT,
  needText,
  text,
  wrongUsage,
  type Command,
  type Output,
  type Values,
} from "../command.ts";
import { readRegistryUrl, type SkillVersion } from "../consume/ask-registry.ts";
import { readLockFile, writeLockFile } from "../consume/lock-file.ts";
import {
  verifyOffline,
  verifyOnline,
  type Verified,
  type VerifyDeps,
  type VerifyLine,
} from "../consume/verify-entry.ts";
import { readOpenPgpFiles } from "../read-openpgp-files.ts";
import { readSmallFile } from "../read-small-file.ts";

const MAX_SIGNERS_BYTES = 16 * 1024 * 1024;
const MAX_KEY_BYTES = 64 * 1024;
const MAX_TOKEN_BYTES = 4096;
const COORDINATE = /^([^/@\s]+)\/([^/@\s]+)@([^/@\s]+)$/;

type Wanted = SkillVersion & { readonly folder: string };

/** Consumer side: does what is installed equal what was published, signed and judged? */
export const verify: Command = {
  summary: "say whether what is installed is what was published, signed and judged",
  usage: "[TEAM/SKILL@VERSION] --dir FOLDER [--registry URL] [--lock FILE] [--offline]",
  environment: "unread",
  options: {
    dir: { type: "string" },
    registry: { type: "string" },
    lock: { type: "string" },
    offline: { type: "boolean" },
    "registry-key": { type: "string" },
    "allowed-signers": { type: "string" },
    openpgp: { type: "string" },
    "token-file": { type: "string" },
  },
  help: [
    "",
    "--dir              the installed folder, which holds SKILL.md; without a coordinate, the folder",
    "                   in which every skill of the lock file lies under its name",
    "--registry         address of the registry; left out, the one in the lock file",
    "--lock             file that keeps the evidence and pins the registry's key; written when asked",
    "                   online, and all that is needed with --offline",
    "--offline          ask nobody; what the state is, is then known as of the log's size in the file",
    "--registry-key     file with the registry's public keys, a line each (registry.pub); left out, the",
    "                   key that the registry names is believed at first use and pinned in --lock",
    "--allowed-signers  your own file of who may sign; left out, the registry's word is taken",
    "--openpgp          folder of .asc files, for versions that are signed with OpenPGP",
    "--token-file       file with a token, for private skills",
    "",
    "Ends with 1 when anything differs or was withdrawn. Of a clone, .git is named and not looked at.",
    "",
    "Examples:",
    "  npx assay verify acme/deploy@1.2.0 --dir skills/deploy --registry https://skills.example --lock assay.lock",
    "  npx assay verify --lock assay.lock --dir skills --offline",
  ],
  async run(output, [coordinate, extra], values) {
    if (extra !== undefined) throw wrongUsage("verify", `"${extra}" has no place here.`);
    const dir = needText(values, "dir", "verify");
    const isOffline = values["offline"] === true;
    const lockPath = text(values, "lock");
    if (lockPath === undefined && (isOffline || coordinate === undefined))
      throw wrongUsage("verify", "Without --lock FILE, name a TEAM/SKILL@VERSION and ask online.");
    const isNew = coordinate !== undefined && !isOffline;
    let lock = lockPath === undefined ? undefined : readLockFile(lockPath, { isNew });
    const all = coordinate === undefined ? listLocked(lock, dir) : [readWanted(coordinate, dir)];
    const deps = readDeps(output, values);
    let code: 0 | 1 = EXIT.fine;
    for (const wanted of all) {
      const done = isOffline
        ? await verifyOffline(deps, lockOf(lock), toLocked(lock, wanted))
        : await verifyOnline(deps, readRegistry(values, lock, wanted), lockOf(lock), wanted);
      report(output, done, lockPath);
      // Written one by one: what was learned stays, also when a later one cannot be asked.
      if (done.lock !== undefined && lockPath !== undefined) {
        lock = done.lock;
        writeLockFile(lockPath, lock);
      }
      if (!done.line.ok) code = EXIT.bad;
    }
    return code;
  },
};

const lockOf = (lock: Lock | undefined): Lock => lock ?? EMPTY_LOCK;

function readDeps({ say }: Output, values: Values): VerifyDeps {
  const openPgpKeys = parseOpenPgpKeys(readOpenPgpFiles(text(values, "openpgp")));
  for (const { file, message } of openPgpKeys.problems) say(`${file}: ${message}`);
  const signers = text(values, "allowed-signers");
  const keys = text(values, "registry-key");
  const allowedSigners =
    signers === undefined
      ? undefined
      : parseAllowedSigners(readSmallFile(signers, MAX_SIGNERS_BYTES));
  for (const { line, message } of allowedSigners?.problems ?? [])
    say(`${signers}, line ${line}: ${message}`);
  const registryKeys =
    keys === undefined ? undefined : readLines(readSmallFile(keys, MAX_KEY_BYTES));
  if (registryKeys?.length === 0)
    throw new Refusal(
      "unprocessable",
      `${keys} holds no key.`,
      "Put the line of registry.pub in it.",
    );
  return { verifier: createSshVerifier(), openPgpKeys, allowedSigners, registryKeys };
}

const readLines = (file: string) =>
  file
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

function readWanted(coordinate: string, folder: string): Wanted {
  const [, team, skill, version] = COORDINATE.exec(coordinate) ?? [];
  if (team !== undefined && skill !== undefined && version !== undefined)
    return { team, skill, version, folder };
  throw wrongUsage(
    "verify",
    `${JSON.stringify(coordinate)} is not a coordinate such as acme/deploy@1.2.0.`,
  );
}

/** Every entry of the lock file, in the folder of its skill's name. */
function listLocked(lock: Lock | undefined, dir: string): readonly Wanted[] {
  const entries = Object.entries(lockOf(lock).skills);
  if (entries.length === 0)
    throw new Refusal(
      "not-found",
      "The lock file names no skill.",
      "Add one: npx assay verify TEAM/SKILL@VERSION --dir FOLDER --registry URL --lock FILE",
    );
  const wanted = entries.map(([name, { version }]) => {
    const [team = "", skill = ""] = name.split("/");
    return { team, skill, version, folder: join(dir, skill) };
  });
  const twice = wanted.find(({ skill }, at) => wanted.findIndex((one) => one.skill === skill) < at);
  if (twice === undefined) return wanted;
  throw new Refusal(
    "conflict",
    `Two teams have a skill named ${twice.skill}, and one folder cannot be both.`,
    "Verify them one by one, each with its own --dir.",
  );
}

function readRegistry(values: Values, lock: Lock | undefined, { team, skill }: Wanted) {
  const tokenFile = text(values, "token-file");
  const token =
    tokenFile === undefined ? undefined : readSmallFile(tokenFile, MAX_TOKEN_BYTES).trim();
  const given = text(values, "registry") ?? lock?.skills[`${team}/${skill}`]?.registry;
  if (given === undefined)
    throw wrongUsage("verify", "--registry is missing, and no lock file names one.");
  return { url: readRegistryUrl(given), token };
}

function toLocked(lock: Lock | undefined, { team, skill, version, folder }: Wanted) {
  const coordinateSkill = `${team}/${skill}`;
  const locked = lock?.skills[coordinateSkill];
  if (locked === undefined || locked.version === version) return { coordinateSkill, folder };
  throw new Refusal(
    "conflict",
    `The lock file has ${coordinateSkill}@${locked.version}, not ${version}.`,
    "Verify the new version once with the registry at hand: the same command without --offline",
  );
}

function report({ print, say }: Output, { line, isFirstUse }: Verified, lockPath?: string): void {
  if (isFirstUse && line.state !== null)
    say(
      `note: ${line.registry} names ${line.registryKeys.join(", ")} as its key, and nothing vouches for that yet${
        lockPath === undefined ? "" : `; it is pinned in ${lockPath}`
      }. Compare it with what whoever runs the registry says.`,
    );
  for (const path of line.ignored)
    say(`note: ${path} was not looked at: git clone puts it there, and no version has it.`);
  print(line, describe(line));
}

function describe(line: VerifyLine): string {
  const { coordinate, folder, faults, signer, asOf, online, registry, digest } = line;
  if (!line.ok)
    return [
      `${coordinate} in ${folder} is NOT as it was published:`,
      ...faults.flatMap(({ says, mend }) => [`  ${says}`, `    ${mend}`]),
    ].join("\n");
  const state = online
    ? `published as of now, line ${asOf} of its log`
    : `published as of line ${asOf} of the log of ${registry}; nobody was asked since`;
  const trust = line.signerAsked ? ", whom your allowed signers trust" : "";
  return [
    `${coordinate} in ${folder} is what was published, signed and judged.`,
    `  ${digest}, signed by ${signer?.principal ?? ""}${trust} (${signer?.key ?? ""})`,
    `  ${state}`,
  ].join("\n");
}
