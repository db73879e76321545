import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { initBare } from "../src/git/index.ts";
import { signSsh, type Ed25519Pair } from "../src/keys/index.ts";

export type SourceWish = {
  /** Where the bare repo is made. */
  readonly dir: string;
  readonly skills: number;
  readonly versions: number;
  readonly seed: number;
  readonly signer: { readonly name: string; readonly email: string; readonly pair: Ed25519Pair };
  /** A tag's date must lie near the time at which it is first seen; commits have fixed dates. */
  readonly taggedAt: Date;
};

export type MadeSource = {
  /** Tag names with the objects they stand at, in the order in which they were made. */
  readonly tags: readonly { readonly name: string; readonly oid: string }[];
};

const FIRST_COMMIT_SECONDS = 1_735_700_000;

/**
 * Makes a source like a team's monorepo: each commit brings a skill (8 files, about 18 KB) to its next version, each
 * version has a signed tag. The same seed gives the same trees and commits. All objects lie in one pack, as after a clone.
 */
export async function makeSource(wish: SourceWish): Promise<MadeSource> {
  await initBare(wish.dir);
  const marks = join(wish.dir, "marks");
  await fastImport(wish.dir, commitStream(wish), [`--export-marks=${marks}`]);
  const commits = parseMarks(await readFile(marks, "utf8"));
  await rm(marks);
  await fastImport(wish.dir, tagStream(wish, commits), []);
  await runGit(wish.dir, ["repack", "-a", "-d", "-q"]);
  await runGit(wish.dir, ["pack-refs", "--all"]);
  const refs = await runGit(wish.dir, [
    "for-each-ref",
    "--format=%(objectname) %(refname:strip=2)",
    "refs/tags",
  ]);
  const tags = refs
    .trim()
    .split("\n")
    .map((line) => {
      const [oid = "", name = ""] = line.split(" ");
      return { name, oid };
    });
  return { tags };
}

function* commitStream({ skills, versions, seed, signer }: SourceWish): Generator<string> {
  const random = createRandom(seed);
  yield "feature done\n";
  for (let mark = 1; mark <= skills * versions; mark += 1) {
    const skill = nameOf((mark - 1) % skills);
    const version = Math.floor((mark - 1) / skills);
    const who = `${signer.name} <${signer.email}> ${FIRST_COMMIT_SECONDS + mark * 60} +0000`;
    const message =
      version === 0
        ? `feat(${skill}): begin\n`
        : `fix(${skill}): ${words(random, 6)}\n\n${words(random, 30)}\n`;
    yield `commit refs/heads/main\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n${data(message)}`;
    for (const [path, mode, text] of filesOf(random, skill, version))
      yield `M ${mode} inline skills/${skill}/${path}\n${data(text)}`;
  }
  yield "done\n";
}

type File = readonly [path: string, mode: "100644" | "100755", text: string];

/** The first version brings all files, a later one changes SKILL.md and two more. */
function filesOf(random: () => number, skill: string, version: number): File[] {
  const changed: File[] = [
    ["SKILL.md", "100644", skillMd(random, skill)],
    ["references/guide.md", "100644", prose(random, 3_000)],
    [
      "scripts/run.sh",
      "100755",
      `#!/bin/sh\nset -eu\n# ${words(random, 20)}\necho ${words(random, 4)}\n`,
    ],
  ];
  if (version > 0) return changed;
  return [
    ...changed,
    ["references/api.md", "100644", prose(random, 5_000)],
    ["references/examples.md", "100644", prose(random, 2_500)],
    [
      "scripts/check.py",
      "100755",
      `import sys\n${prose(random, 1_500).replaceAll(/^/gm, "# ")}\nsys.exit(0)\n`,
    ],
    [
      "assets/settings.json",
      "100644",
      `${JSON.stringify({ name: skill, words: words(random, 80).split(" ") }, null, 2)}\n`,
    ],
    ["LICENSE.txt", "100644", LICENSE],
  ];
}

function skillMd(random: () => number, skill: string): string {
  const head = `name: ${skill}\ndescription: ${words(random, 14)}. Use when ${words(random, 10)}.\nlicense: MIT\n`;
  const tools = "metadata:\n  author: platform-team\n  area: data\n";
  return `---\n${head}${tools}---\n\n# ${skill}\n\n${prose(random, 3_500)}`;
}

function* tagStream(wish: SourceWish, commits: readonly string[]): Generator<string> {
  const { signer, skills } = wish;
  const seconds = Math.floor(wish.taggedAt.getTime() / 1_000);
  const tagger = `${signer.name} <${signer.email}> ${seconds} +0000`;
  yield "feature done\n";
  for (const [index, commit] of commits.entries()) {
    const skill = nameOf(index % skills);
    const name = `${skill}--v1.${Math.floor(index / skills)}.0`;
    const message = `${name}\n`;
    const payload = `object ${commit}\ntype commit\ntag ${name}\ntagger ${tagger}\n\n${message}`;
    const signed = message + signSsh(signer.pair, Buffer.from(payload), "git");
    yield `tag ${name}\nfrom ${commit}\ntagger ${tagger}\n${data(signed)}`;
  }
  yield "done\n";
}

const nameOf = (index: number) => `skill-${String(index).padStart(5, "0")}`;
const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;

function parseMarks(text: string): string[] {
  const oids: string[] = [];
  for (const line of text.trim().split("\n")) {
    const [mark = "", oid = ""] = line.split(" ");
    oids[Number(mark.slice(1)) - 1] = oid;
  }
  return oids;
}

const VOCABULARY =
  "query table column index row report chart filter export import schema model train score metric review commit branch release note draft summary page layout style token cache queue worker retry limit window stream batch record field value error warning trace span alert page owner policy check rule source signer team budget invoice ledger".split(
    " ",
  );
const LICENSE = `MIT License\n\n${"Permission is hereby granted, free of charge, to any person obtaining a copy of this text.\n".repeat(11)}`;

function words(random: () => number, count: number): string {
  return Array.from(
    { length: count },
    () => VOCABULARY[Math.floor(random() * VOCABULARY.length)],
  ).join(" ");
}

function prose(random: () => number, sizeBytes: number): string {
  let text = "";
  while (text.length < sizeBytes)
    text += `${words(random, 12)}.\n${random() < 0.1 ? "\n## Next\n\n" : ""}`;
  return text;
}

/** A small generator with a seed (mulberry32): the same numbers on every machine. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export async function fastImport(
  dir: string,
  stream: Iterable<string>,
  args: readonly string[],
): Promise<void> {
  const { child, ended } = startGit(dir, ["fast-import", "--quiet", "--done", ...args]);
  let chunk = "";
  for (const part of stream) {
    chunk += part;
    if (chunk.length < 1 << 18) continue;
    if (!child.stdin.write(chunk))
      await new Promise((resolve) => child.stdin.once("drain", resolve));
    chunk = "";
  }
  child.stdin.end(chunk);
  await ended;
}

export async function runGit(dir: string, args: readonly string[]): Promise<string> {
  const { child, ended } = startGit(dir, args);
  child.stdin.end();
  return ended;
}

function startGit(dir: string, args: readonly string[]) {
  const env = {
    PATH: process.env["PATH"],
    HOME: dir,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  const child = spawn("git", [`--git-dir=${dir}`, ...args], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<string>();
  const output: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => output.push(part));
  child.stdin.on("error", reject);
  child.on("error", reject);
  child.on("close", (code) =>
    code === 0
      ? resolve(Buffer.concat(output).toString("utf8"))
      : reject(new Error(`git ${args[0]} exit ${code}`)),
  );
  return { child, ended };
}
