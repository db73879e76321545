import { findDiskSkills } from "../author/skill-on-disk.ts";
import { readSkillToScan } from "../author/skill-to-scan.ts";
import { decodeUstar } from "../../src/blobs/index.ts";
import { listTarsInUse, MAX_TAR_BYTES } from "../../src/publish/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { BUNDLED_SNAPSHOT, type NamedPackage } from "../../src/scan/index.ts";
import type { TreeEntry } from "../../src/skill/index.ts";
import {
  EXIT,
  needText,
  text,
  wrongUsage,
  type Context,
  type ExitCode,
  type Values,
} from "../command.ts";
import { withCore } from "../compose/with-core.ts";
import { askOsv, type OsvWish } from "../scan/ask-osv.ts";
import { openPackageReader } from "../scan/read-packages.ts";
import { refuseUnwritable, writeAdvisoriesFile } from "../scan/write-advisories.ts";
import { commandOfVerbs, type Verb } from "../verbs.ts";

const DEFAULT_URL = "https://api.osv.dev";
const DEFAULT_SECONDS = 30;
const MAX_SECONDS = 600;

const fetchVerb: Verb = {
  usage: "--output FILE [--osv URL] [--timeout SECONDS] [DIR…]",
  does: "ask OSV about the packages of the skills in DIR, or of this registry; their names and versions leave the machine",
  words: "any",
  options: {
    output: { type: "string" },
    osv: { type: "string" },
    timeout: { type: "string" },
  },
  run: fetchAdvisories,
};

/** Keeps a list of known bad packages for `assay scan --advisories` and ASSAY_ADVISORIES_FILE. */
export const advisories = commandOfVerbs({
  name: "advisories",
  summary: "fetch what is known of the packages that skills bring in",
  verbs: { fetch: fetchVerb },
  examples: [
    "npx assay advisories fetch --output advisories.json skills/hello",
    "npx assay scan skills/hello --advisories advisories.json",
    "npx assay advisories fetch --output /etc/assay/advisories.json   (all of this registry)",
  ],
});

/** What was read to ask about: of how many skills, and how many of them could not be read. */
type Reading = {
  readonly packages: readonly NamedPackage[];
  readonly skills: number;
  readonly unread: number;
};

async function fetchAdvisories(
  context: Context,
  dirs: readonly string[],
  values: Values,
): Promise<ExitCode> {
  const file = needText(values, "output", "advisories fetch");
  const wish = readWish(values);
  refuseUnwritable(file);
  const read = await (dirs.length > 0 ? readFolders(dirs) : readRegistry(context));
  const answer = await askOsv(wish, read.packages);
  if (answer.kind === "unanswered")
    throw new Refusal(
      "unavailable",
      `OSV at ${wish.url} gave no answer that can be used: ${answer.because}. ${file} is as it was.`,
      "Try again later, or name a mirror: --osv URL",
    );
  const { asked, records, unread } = answer;
  writeAdvisoriesFile(file, records);
  const { skills } = read;
  const counts = { packages: asked, skills, advisories: records.length, unread: read.unread };
  context.print({ file, osv: wish.url, ...counts }, sayDone(file, wish, counts));
  if (unread > 0)
    context.say(`assay: ${unread} records of OSV could not be understood and are left out.`);
  if (read.unread === 0) return EXIT.fine;
  context.say(
    `assay: ${count(read.unread, "skill")} could not be read; OSV was not asked about what they name.`,
  );
  return EXIT.bad;
}

function sayDone(
  file: string,
  { url }: OsvWish,
  of: { readonly packages: number; readonly skills: number; readonly advisories: number },
): string {
  const known = `${count(of.advisories, "advisory")} in ${file}`;
  if (of.packages === 0)
    return `${count(of.skills, "skill")} read, no package named: OSV was not asked, nothing left this machine; ${known}.`;
  return `${count(of.skills, "skill")} read, OSV at ${url} asked about ${count(of.packages, "package")}, whose names and versions left this machine; ${known}.`;
}

function count(number: number, one: string): string {
  if (number === 1) return `1 ${one}`;
  return `${number} ${one.replace(/y$/, "ie")}s`;
}

function readWish(values: Values): OsvWish {
  const url = text(values, "osv") ?? DEFAULT_URL;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw wrongUsage("advisories fetch", `--osv: ${JSON.stringify(url)} is no http address.`);
  const seconds = text(values, "timeout") ?? String(DEFAULT_SECONDS);
  if (!/^[1-9]\d{0,2}$/.test(seconds) || Number(seconds) > MAX_SECONDS)
    throw wrongUsage("advisories fetch", `--timeout takes whole seconds from 1 to ${MAX_SECONDS}.`);
  return { url, timeoutMs: Number(seconds) * 1_000 };
}

/** A folder that cannot be read is refused before anybody is asked: what is in it would be missing in silence. */
async function readFolders(dirs: readonly string[]): Promise<Reading> {
  const skills = dirs.flatMap((dir) => {
    const found = orRefuse(dir, () => findDiskSkills(dir));
    if (found === undefined) throw new Refusal("not-found", `${dir} is not a folder.`);
    return found;
  });
  return readAll(skills, async ({ dir, path }) => orRefuse(dir, () => readSkillToScan(path)));
}

function orRefuse<T>(dir: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new Refusal("not-found", `${dir} cannot be read: ${cause.message}.`);
  }
}

/** Every version that is published or held, and so also of private sources. */
async function readRegistry(context: Context): Promise<Reading> {
  const read = await withCore(context, async ({ db, blobs }) =>
    readAll(await listTarsInUse(db), async (tarSha256) => {
      // One that is gone or damaged keeps the others from nothing; `doctor` and the sweep see to it.
      const tar = await blobs.read(tarSha256, MAX_TAR_BYTES).catch(() => undefined);
      return tar && decodeUstar(tar).map((file) => ({ ...file, size: file.bytes.length }));
    }),
  );
  return { ...read, packages: [...read.packages, ...listKnownBad()] };
}

/** The file takes the place of the bundled list: what that knows to be malicious has to be in it, before a version names it. */
function listKnownBad(): readonly NamedPackage[] {
  return BUNDLED_SNAPSHOT.advisories
    .filter(({ kind }) => kind === "malicious")
    .map(({ ecosystem, package: name }) => ({ ecosystem, name, version: null }));
}

async function readAll<T>(
  skills: readonly T[],
  entriesOf: (skill: T) => Promise<readonly TreeEntry[] | undefined>,
): Promise<Reading> {
  const reader = await openPackageReader();
  const packages = new Map<string, NamedPackage>();
  let unread = 0;
  try {
    for (const skill of skills) {
      const entries = await entriesOf(skill);
      const named = entries && (await reader.read(entries));
      if (named === undefined) unread += 1;
      for (const one of named ?? []) packages.set(JSON.stringify(one), one);
    }
  } finally {
    await reader.close();
  }
  return { packages: [...packages.values()], skills: skills.length, unread };
}
