import { z } from "zod";
import type { Advisory, AdvisorySource } from "../../src/scan/advisories/advisory.ts";
import { parseAdvisories } from "../../src/scan/advisories/parse-advisories.ts";
import type { Dependency, Ecosystem } from "../../src/scan/dependencies/dependency.ts";

export type OsvOptions = {
  /** `https://api.osv.dev`, or a mirror of it. */
  readonly url: string;
  readonly timeoutMs: number;
};

/** Packages asked about in one request; OSV takes 1,000. */
const BATCH = 500;
const MAX_PACKAGES = 2_000;
const MAX_RECORDS = 300;
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const AT_A_TIME = 8;

const ECOSYSTEMS: Readonly<Partial<Record<Ecosystem, string>>> = {
  npm: "npm",
  pypi: "PyPI",
  gem: "RubyGems",
  go: "Go",
  cargo: "crates.io",
};

const BATCH_ANSWER = z.object({
  results: z
    .array(
      z
        .object({
          vulns: z
            .array(z.object({ id: z.string().max(120) }))
            .max(5_000)
            .optional(),
          next_page_token: z.string().optional(),
        })
        .nullable(),
    )
    .max(BATCH),
});

type Query = {
  readonly package: { readonly name: string; readonly ecosystem: string };
  readonly version?: string;
};

/**
 * Asks OSV about dependencies as they are named: package names and versions leave the machine, so that it is off unless
 * the operator wants it. Throws when OSV does not answer well: no answer is not the answer that all is well.
 */
export function createOsvSource(options: OsvOptions): AdvisorySource {
  return async (dependencies) => {
    const queries = toQueries(dependencies);
    const ids = new Set<string>();
    for (let at = 0; at < queries.length; at += BATCH)
      for (const id of await askBatch(options, queries.slice(at, at + BATCH))) ids.add(id);
    if (ids.size > MAX_RECORDS)
      throw new Error(`OSV names ${ids.size} records, more than the ${MAX_RECORDS} that are read`);
    const wanted = [...ids].toSorted();
    const advisories: Advisory[] = [];
    for (let at = 0; at < wanted.length; at += AT_A_TIME) {
      const records = wanted.slice(at, at + AT_A_TIME).map((id) => askRecord(options, id));
      for (const record of await Promise.all(records))
        for (const one of parseAdvisories(record).advisories) advisories.push(one);
    }
    return advisories;
  };
}

function toQueries(dependencies: readonly Dependency[]): readonly Query[] {
  const queries = new Map<string, Query>();
  for (const { ecosystem, name, version, isPinned, source } of dependencies) {
    const known = ECOSYSTEMS[ecosystem];
    if (known === undefined || source !== "registry") continue;
    const exact = isPinned && version !== null ? { version } : {};
    queries.set(`${known} ${name} ${exact.version ?? ""}`, {
      package: { name, ecosystem: known },
      ...exact,
    });
  }
  if (queries.size > MAX_PACKAGES)
    throw new Error(
      `${queries.size} packages are more than the ${MAX_PACKAGES} that OSV is asked about`,
    );
  return [...queries.values()];
}

async function askBatch(
  options: OsvOptions,
  queries: readonly Query[],
): Promise<readonly string[]> {
  const answer = await ask(options, "/v1/querybatch", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ queries }),
  });
  const { results } = BATCH_ANSWER.parse(answer);
  if (results.length !== queries.length)
    throw new Error(`OSV gave ${results.length} answers to ${queries.length} questions`);
  if (results.some((one) => one?.next_page_token !== undefined))
    throw new Error("OSV has more records for one package than fit in one answer");
  return results.flatMap((one) => one?.vulns?.map(({ id }) => id) ?? []);
}

async function askRecord(options: OsvOptions, id: string): Promise<unknown> {
  return ask(options, `/v1/vulns/${encodeURIComponent(id)}`, {});
}

async function ask(options: OsvOptions, path: string, request: RequestInit): Promise<unknown> {
  const response = await fetch(new URL(path, options.url), {
    ...request,
    redirect: "error",
    signal: AbortSignal.timeout(options.timeoutMs),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`OSV answered ${response.status} to ${path}`);
  }
  return JSON.parse(await readCapped(response)) as unknown;
}

/** The body as text, given up as soon as it is larger than anything OSV has to say. */
async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new Error(`OSV's answer is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
