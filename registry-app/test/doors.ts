import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, inflateRawSync } from "node:zlib";
import type { HostedRepo, Route } from "../src/http/index.ts";
import { run } from "./forge.ts";
import { ask } from "./world.ts";

/** A version that somebody tries to get: where it was pushed, and what it would be called. */
export type Wanted = {
  readonly source: string;
  readonly tag: string;
  readonly team: string;
  readonly skill: string;
  readonly version: string;
  readonly marker: string;
  /** Tag, commit, trees and files. */
  readonly oids: readonly string[];
};
/** Who tries, with a token or without. */
export type Visitor = { readonly name: string; readonly token?: string };
/** Bytes that came through a door, and how somebody asked for them. */
export type Served = { readonly door: string; readonly by: string; readonly bytes: Buffer };

type Paths = (wanted: Wanted) => readonly string[];

const none: Paths = () => [];
const NEW = ".well-known/agent-skills/index.json";
const OLD = ".well-known/skills/index.json";
const scopes = ({ team, skill, version }: Wanted) => [
  `/s/${team}/${skill}`,
  `/s/${team}/${skill}@${version}`,
];
const FILES = ["SKILL.md", "notes.md"];
const below = (wanted: Wanted) =>
  `/api/v1/skills/${wanted.team}/${wanted.skill}/versions/${wanted.version}`;
const asked = (wanted: Wanted) =>
  [wanted.marker, wanted.skill, `${wanted.team}/${wanted.skill}`, "does", ""].map(
    (q) => `q=${encodeURIComponent(q)}`,
  );

/** Every address pattern of the server, and how a version is asked for there. */
export const HTTP_DOORS: Readonly<Record<string, Paths>> = {
  "GET /healthz": () => ["/healthz"],
  "GET /readyz": () => ["/readyz"],
  "GET /metrics": () => ["/metrics"],
  "GET,HEAD /api/v1/skills": (wanted) => asked(wanted).map((q) => `/api/v1/skills?${q}&size=100`),
  "GET,HEAD /api/v1/skills/:team/:name": ({ team, skill }) => [`/api/v1/skills/${team}/${skill}`],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version": (wanted) => [below(wanted)],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version/archive.tar.gz": (wanted) => [
    `${below(wanted)}/archive.tar.gz`,
  ],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version/archive.zip": (wanted) => [
    `${below(wanted)}/archive.zip`,
  ],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version/evidence": (wanted) => [
    `${below(wanted)}/evidence`,
  ],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version/scan": (wanted) => [
    `${below(wanted)}/scan`,
  ],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version/scan.sarif": (wanted) => [
    `${below(wanted)}/scan.sarif`,
  ],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version/evals": (wanted) => [
    `${below(wanted)}/evals`,
  ],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version/evals/:case/log": (wanted) => [
    `${below(wanted)}/evals/adds/log`,
    `${below(wanted)}/evals/adds/log?stream=stderr`,
  ],
  "GET,HEAD /api/v1/skills/:team/:name/versions/:version/evals/compare": (wanted) => [
    `${below(wanted)}/evals/compare?against=${wanted.version}`,
  ],
  "GET /api/v1/skills/:team/:name/versions/:version/evals/events": (wanted) => [
    `${below(wanted)}/evals/events`,
  ],
  // Nothing of a version comes back from these.
  "POST /api/v1/skills/:team/:name/versions/:version/evals": none,
  "DELETE /api/v1/skills/:team/:name/versions/:version/evals": none,
  "GET,HEAD /api/v1/sources/:source/pulls": ({ source }) => [`/api/v1/sources/${source}/pulls`],
  "GET,HEAD /api/v1/sources/:source/pulls/:number": ({ source }) => [
    `/api/v1/sources/${source}/pulls/1`,
  ],
  "GET,HEAD /api/v1/github/health": () => ["/api/v1/github/health"],
  "GET,HEAD /api/v1/security/summary": () => ["/api/v1/security/summary"],
  "GET,HEAD /api/v1/security/findings": ({ team }) => [
    "/api/v1/security/findings?size=100",
    `/api/v1/security/findings?team=${team}&size=100`,
  ],
  "GET,HEAD /api/v1/log/checkpoint": () => ["/api/v1/log/checkpoint"],
  "GET,HEAD /api/v1/law": () => ["/api/v1/law"],
  "GET,HEAD /api/v1/law/history": () => ["/api/v1/law/history?size=100"],
  "GET,HEAD /api/v1/sources": () => ["/api/v1/sources?size=100"],
  "GET,HEAD /api/v1/sources/:source": ({ source }) => [`/api/v1/sources/${source}`],
  "GET,HEAD /api/v1/sources/:source/tags": ({ source }) => [
    `/api/v1/sources/${source}/tags?size=100`,
  ],
  "GET,HEAD /api/v1/sources/:source/tags/:tag": ({ source, tag }) => [
    `/api/v1/sources/${source}/tags/${encodeURIComponent(tag)}`,
  ],
  "GET,HEAD /api/v1/sources/:source/tags/*": ({ source, tag }) => [
    `/api/v1/sources/${source}/tags/${tag}/`,
    `/api/v1/sources/${source}/tags/x/../${tag}`,
  ],
  "GET /api/openapi.json": () => ["/api/openapi.json"],
  "GET /api/docs": () => ["/api/docs"],
  "* /api/*": ({ team, skill, version, marker }) => [
    `/api/v1/skills/${team}/${skill}/versions/${version}/files/SKILL.md`,
    `/api/search?q=${marker}`,
  ],
  "POST /api/github/webhooks": () => ["/api/github/webhooks"],
  "POST /hooks/:source": ({ source }) => [`/hooks/${source}`],
  // What git itself asks is tried by `throughGit`; these are the ways of a client that takes files as they lie.
  "GET,HEAD,POST /git/*": ({ source, team, skill, oids }) =>
    [`/git/${source}.git`, `/git/s/${team}/${skill}.git`].flatMap((repo) => [
      ...oids.map((oid) => `${repo}/objects/${oid.slice(0, 2)}/${oid.slice(2)}`),
      `${repo}/HEAD`,
      `${repo}/info/refs`,
      `${repo}/objects/info/packs`,
      `${repo}/git-upload-archive`,
      `${repo}/../${source}.git/packed-refs`,
    ]),
  "GET /schemas/evals.json": () => ["/schemas/evals.json"],
  "GET,HEAD /.well-known/agent-skills/index.json": () => [`/${NEW}`],
  "GET,HEAD /t/:team/.well-known/agent-skills/index.json": ({ team }) => [`/t/${team}/${NEW}`],
  "GET,HEAD /t/:team/.well-known/skills/index.json": ({ team }) => [`/t/${team}/${OLD}`],
  "GET,HEAD /t/:team/.well-known/skills/:name/*": ({ team, skill, version }) =>
    [skill, `${skill}@${version}`].flatMap((name) =>
      FILES.map((file) => `/t/${team}/.well-known/skills/${name}/${file}`),
    ),
  "GET,HEAD /s/:team/:skill/.well-known/agent-skills/index.json": (wanted) =>
    scopes(wanted).map((scope) => `${scope}/${NEW}`),
  "GET,HEAD /s/:team/:skill/.well-known/skills/index.json": (wanted) =>
    scopes(wanted).map((scope) => `${scope}/${OLD}`),
  "GET,HEAD /s/:team/:skill/.well-known/skills/:name/*": (wanted) =>
    scopes(wanted).flatMap((scope) =>
      FILES.map((file) => `${scope}/.well-known/skills/${wanted.skill}/${file}`),
    ),
  "GET /s/:team/:skill": scopes,
  // Every page of the site, by its file, in PAGES.
  "GET,HEAD,POST /*": none,
};

const page = ({ team, skill, version }: Wanted) => `/skills/${team}/${skill}/${version}`;

/** Every file of the site's folder of pages, and how a version is asked for there. */
export const PAGES: Readonly<Record<string, Paths>> = {
  "404.astro": () => ["/404"],
  "500.astro": () => ["/500"],
  "[...path].astro": ({ marker }) => [`/${marker}`],
  "index.astro": () => ["/"],
  "docs/index.astro": () => ["/docs"],
  "docs/consuming.astro": () => ["/docs/consuming"],
  "docs/judging.astro": () => ["/docs/judging"],
  "docs/publishing.astro": () => ["/docs/publishing"],
  "docs/scanning.astro": () => ["/docs/scanning"],
  "docs/evals.astro": () => ["/docs/evals"],
  "docs/codes/index.astro": () => ["/docs/codes"],
  "docs/codes/[code].astro": () => ["/docs/codes/UNKNOWN_SIGNER"],
  "law/index.astro": () => ["/law"],
  "law/history.astro": () => ["/law/history"],
  "security.astro": ({ team }) => ["/security", `/security?team=${team}`],
  "skills/index.astro": (wanted) => asked(wanted).map((q) => `/skills?${q}`),
  "skills/[team]/[name]/index.astro": ({ team, skill }) => [`/skills/${team}/${skill}`],
  "skills/[team]/[name]/[version]/index.astro": (wanted) => [page(wanted)],
  "skills/[team]/[name]/[version]/changelog.astro": (wanted) => [`${page(wanted)}/changelog`],
  "skills/[team]/[name]/[version]/security.astro": (wanted) => [`${page(wanted)}/security`],
  "skills/[team]/[name]/[version]/evals/index.astro": (wanted) => [`${page(wanted)}/evals`],
  "skills/[team]/[name]/[version]/evals/[case].astro": (wanted) => [`${page(wanted)}/evals/adds`],
  "skills/[team]/[name]/[version]/versions.astro": (wanted) => [`${page(wanted)}/versions`],
  "skills/[team]/[name]/[version]/files/index.astro": (wanted) => [`${page(wanted)}/files`],
  "skills/[team]/[name]/[version]/files/[...path].astro": (wanted) =>
    FILES.map((file) => `${page(wanted)}/files/${file}`),
  "sources/index.astro": () => ["/sources"],
  "sources/[source]/index.astro": ({ source }) => [`/sources/${source}`],
  "sources/[source]/pulls/[number].astro": ({ source }) => [`/sources/${source}/pulls/1`],
  "sources/[source]/tags/[...tag].astro": ({ source, tag }) => [`/sources/${source}/tags/${tag}`],
  "teams/[team].astro": ({ team }) => [`/teams/${team}`],
};

/** Every kind of repo below /git/, and its address for a version. */
export const GIT_DOORS: Readonly<Record<HostedRepo["kind"], (wanted: Wanted) => string>> = {
  source: ({ source }) => source,
  control: () => "control",
  store: ({ team, skill }) => `s/${team}/${skill}`,
  log: () => "log",
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/** A route as a key of HTTP_DOORS; undefined for the files of the built site, which hold nothing of anybody. */
export function doorOf(
  { methods, url }: Route,
  siteFiles: ReadonlySet<string>,
): string | undefined {
  if (siteFiles.has(url)) return undefined;
  const named = METHODS.filter((method) => methods.includes(method));
  return `${named.length > 5 ? "*" : named.join(",")} ${url}`;
}

/** Asks every address for every version, as this visitor. */
export async function throughHttp(
  base: string,
  visitor: Visitor,
  all: readonly Wanted[],
): Promise<Served[]> {
  const doors = [...Object.entries(HTTP_DOORS), ...Object.entries(PAGES)];
  const tries = new Map<string, string>();
  for (const [door, paths] of doors)
    for (const wanted of all) for (const path of paths(wanted)) tries.set(path, door);
  const { token } = visitor;
  return inTurns([...tries], async ([path, door]) => {
    const method = door.startsWith("POST") ? "POST" : "GET";
    const answer = await ask(base, path, { method, ...(token !== undefined && { token }) });
    const head = Buffer.from(JSON.stringify(answer.headers));
    return {
      door,
      by: `${visitor.name}: ${path}`,
      bytes: Buffer.concat([head, opened(answer.bytes)]),
    };
  });
}

/** Has this repo anything to do with the version? */
const isAbout = (door: string, { skill, source }: Wanted) =>
  door === source || door.endsWith(`/${skill}`);

/** Tag, commit, the skill's folder and a file; of a version that the repo has nothing to do with, the tag. */
const wantsOf = (door: string, one: Wanted) =>
  isAbout(door, one) ? [...one.oids.slice(0, 2), ...one.oids.slice(-3)] : one.oids.slice(0, 1);

/** Clones a repo, then asks for each version by tag, by branch and by each of its objects; what came is in `bytes`. */
export async function throughGit(
  url: string,
  door: string,
  by: string,
  all: readonly Wanted[],
): Promise<Served & { readonly oids: ReadonlySet<string>; readonly isOpen: boolean }> {
  const dir = await mkdtemp(join(tmpdir(), "assay-door-"));
  try {
    await run(dir, ["init", "-q", "--bare", "."]);
    let isOpen = false;
    for (const protocol of ["0", "2"]) {
      const fetch = (...refs: string[]) =>
        run(dir, [
          "-c",
          `protocol.version=${protocol}`,
          "fetch",
          "-q",
          "--no-tags",
          "--no-write-fetch-head",
          url,
          ...refs,
        ]);
      const whole = await fetch(`+refs/*:refs/got/${protocol}/*`);
      isOpen ||= whole.code === 0;
      // Whoever is not let in is not let in to a single object either; asking each would only take time.
      const wants = isOpen
        ? all.flatMap((one) => wantsOf(door, one))
        : (all[0]?.oids.slice(0, 2) ?? []);
      await inTurns(wants, async (oid) => fetch(oid));
      const tags = isOpen ? all.filter((one) => isAbout(door, one)) : [];
      await inTurns(tags, async ({ tag }) => fetch(`refs/tags/${tag}`));
      await inTurns(isOpen ? [...new Set(all.map(({ source }) => source))] : [], async (source) =>
        fetch(`refs/incoming/tags/*:refs/in/${source}/*`, "refs/published/*:refs/pub/*"),
      );
    }
    return { door, by, isOpen, ...(await objectsOf(dir)) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Every object of a repo, with its contents. */
export async function objectsOf(dir: string): Promise<{ bytes: Buffer; oids: Set<string> }> {
  const listed = await run(dir, ["cat-file", "--batch-check", "--batch-all-objects"]);
  const oids = listed.stdout
    .toString()
    .split("\n")
    .map((line) => line.slice(0, 40));
  const { stdout: bytes } = await run(dir, ["cat-file", "--batch", "--batch-all-objects"]);
  return { bytes, oids: new Set(oids.filter((oid) => oid !== "")) };
}

/** The contents of all files below a folder. */
export async function filesOf(dir: string): Promise<Served[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (file) => ({ door: "files", by: file, bytes: opened(await readFile(file)) })),
  );
}

/** Bytes with what is packed in them unpacked behind them, so that a marker is found however it was sent. */
export function opened(bytes: Buffer): Buffer {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return Buffer.concat([bytes, gunzipSync(bytes)]);
  if (bytes.subarray(0, 4).toString("latin1") !== "PK\u0003\u0004")
    return Buffer.concat([bytes, ...tagObjectsIn(bytes)]);
  const parts = [bytes];
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50;) {
    const [method, size] = [bytes.readUInt16LE(at + 8), bytes.readUInt32LE(at + 18)];
    const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    const packed = bytes.subarray(from, from + size);
    parts.push(method === 8 ? inflateRawSync(packed) : packed);
    at = from + size;
  }
  return Buffer.concat(parts);
}

/** Tag objects are sent in base64. */
function tagObjectsIn(bytes: Buffer): Buffer[] {
  const found = bytes.toString("latin1").matchAll(/"object":"([A-Za-z0-9+/=]+)"/g);
  return [...found].map(([, object = ""]) => Buffer.from(object, "base64"));
}

/** Runs `work` for each, a few at a time. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return results;
}
