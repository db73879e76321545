import { z } from "zod";
import { parseAdvisories, type NamedPackage } from "../../src/scan/index.ts";

export type OsvWish = {
  /** `https://api.osv.dev`, or a mirror of it. */
  readonly url: string;
  /** For each answer. */
  readonly timeoutMs: number;
};

export type OsvAnswer =
  | {
      readonly kind: "answered";
      /** Packages that it was asked about: those of ecosystems that it has. */
      readonly asked: number;
      /** Each as it came. */
      readonly records: readonly unknown[];
      /** Records that could not be understood; they are not among the others. */
      readonly unread: number;
    }
  /** No answer is not the answer that all is well. */
  | { readonly kind: "unanswered"; readonly because: string };

/** Packages asked about in one request; OSV takes 1,000. */
const BATCH = 500;
const MAX_PACKAGES = 200_000;
const MAX_RECORDS = 50_000;
/** Answers to one question; OSV says with each whether there is more. */
const MAX_PAGES = 50;
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** As text the records have to fit into one string. */
const MAX_ALL_BYTES = 256 * 1024 * 1024;
const AT_A_TIME = 8;

const ECOSYSTEMS: Readonly<Partial<Record<NamedPackage["ecosystem"], string>>> = {
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
          next_page_token: z.string().max(10_000).optional(),
        })
        .nullable(),
    )
    .max(BATCH),
});

type Query = {
  readonly package: { readonly name: string; readonly ecosystem: string };
  readonly version?: string;
  readonly page_token?: string;
};

/** What cannot be used of an answer: told to whoever asked, as all that `fetch` throws. */
class Unusable extends Error {}

/** Asks OSV about packages. Their names and versions leave the machine: only where somebody wants that. */
export async function askOsv(wish: OsvWish, packages: readonly NamedPackage[]): Promise<OsvAnswer> {
  try {
    const queries = toQueries(packages);
    const ids = await askIds(wish, queries);
    return { kind: "answered", asked: queries.length, ...(await askRecords(wish, ids)) };
  } catch (cause) {
    return { kind: "unanswered", because: sayWhy(wish, cause) };
  }
}

function sayWhy({ timeoutMs }: OsvWish, cause: unknown): string {
  if (cause instanceof Unusable) return cause.message;
  if (cause instanceof DOMException && cause.name === "TimeoutError")
    return `it took longer than ${timeoutMs / 1000} s`;
  if (!(cause instanceof TypeError)) throw cause;
  // What `fetch` throws says "fetch failed" and keeps the reason to itself; of several addresses each has its own.
  const { cause: inner } = cause;
  const first = inner instanceof AggregateError ? (inner.errors[0] as unknown) : inner;
  return first instanceof Error && first.message !== "" ? first.message : cause.message;
}

function toQueries(packages: readonly NamedPackage[]): readonly Query[] {
  const queries = new Map<string, Query>();
  for (const { ecosystem, name, version } of packages) {
    const known = ECOSYSTEMS[ecosystem];
    if (known === undefined) continue;
    // OSV writes versions of Go without the letter.
    const written = ecosystem === "go" ? version?.replace(/^v/, "") : version;
    queries.set(`${known} ${name} ${written ?? ""}`, {
      package: { name, ecosystem: known },
      ...(typeof written === "string" && { version: written }),
    });
  }
  if (queries.size > MAX_PACKAGES)
    throw new Unusable(
      `${queries.size} packages are more than the ${MAX_PACKAGES} that it is asked about`,
    );
  return [...queries.values()];
}

/** The names of all records about these packages, in order. */
async function askIds(wish: OsvWish, queries: readonly Query[]): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (let at = 0; at < queries.length; at += BATCH) {
    let open = queries.slice(at, at + BATCH);
    for (let page = 1; open.length > 0; page++) {
      if (page > MAX_PAGES)
        throw new Unusable(`it has more than ${MAX_PAGES} pages about one package`);
      const answers = await askBatch(wish, open);
      for (const { vulns = [] } of answers) for (const { id } of vulns) ids.add(id);
      open = open.flatMap((query, index) => {
        const token = answers[index]?.next_page_token;
        return token === undefined ? [] : [{ ...query, page_token: token }];
      });
    }
  }
  if (ids.size > MAX_RECORDS)
    throw new Unusable(`it names ${ids.size} records, more than the ${MAX_RECORDS} that are read`);
  return [...ids].toSorted();
}

async function askBatch(wish: OsvWish, queries: readonly Query[]) {
  const { json } = await ask(wish, "/v1/querybatch", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ queries }),
  });
  const read = BATCH_ANSWER.safeParse(json);
  if (!read.success) throw new Unusable("its answer has no results");
  const { results } = read.data;
  if (results.length !== queries.length)
    throw new Unusable(`it gave ${results.length} answers to ${queries.length} questions`);
  return results.map((one) => one ?? {});
}

async function askRecords(wish: OsvWish, ids: readonly string[]) {
  const records: unknown[] = [];
  let unread = 0;
  let sizeBytes = 0;
  for (let at = 0; at < ids.length; at += AT_A_TIME) {
    const some = ids.slice(at, at + AT_A_TIME);
    const asked = some.map((id) => ask(wish, `/v1/vulns/${encodeURIComponent(id)}`, {}));
    for (const answer of await Promise.all(asked)) {
      sizeBytes += answer.sizeBytes;
      if (sizeBytes > MAX_ALL_BYTES)
        throw new Unusable(`its records are larger than ${MAX_ALL_BYTES} bytes`);
      const { advisories, skipped } = parseAdvisories(answer.json);
      unread += skipped;
      // What was withdrawn, or is about other ecosystems alone, says nothing here.
      if (advisories.length > 0) records.push(answer.json);
    }
  }
  return { records, unread };
}

async function ask({ url, timeoutMs }: OsvWish, path: string, request: RequestInit) {
  const response = await fetch(`${url.replace(/\/+$/, "")}${path}`, {
    ...request,
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Unusable(`it answered ${response.status} to ${path}`);
  }
  const body = await readCapped(response);
  try {
    return { json: JSON.parse(body.toString("utf8")) as unknown, sizeBytes: body.length };
  } catch {
    throw new Unusable(`its answer to ${path} is no JSON`);
  }
}

/** The body, given up as soon as it is larger than anything OSV has to say. */
async function readCapped(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new Unusable(`its answer is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
