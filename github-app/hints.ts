import { z } from "zod";

const fullName = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9._-]{1,100}\/[A-Za-z0-9._-]{1,100}$/);
const name = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/);
const repo = z.object({ full_name: fullName });
const repos = z.array(repo).max(10_000).optional();

const account = z.object({ login: name }).optional();
/** The name or the owner that a repo had. */
const changes = z.object({
  repository: z.object({ name: z.object({ from: name }) }).optional(),
  owner: z.object({ from: z.object({ user: account, organization: account }) }).optional(),
});

/** What is read of a payload; everything else in it is never looked at, and nothing of it is kept. */
const payload = z.object({
  action: z.string().max(100).optional(),
  repository: repo.optional(),
  repositories: repos,
  repositories_added: repos,
  // Each event has changes of its own; those that cannot be read do not make the hint unreadable.
  changes: changes.optional().catch(undefined),
});

/** Events after which a repo may hold what was not seen, be reached otherwise, or be spoken of otherwise. */
const TELLING: ReadonlySet<string> = new Set([
  "push",
  "create",
  "delete",
  "release",
  "pull_request",
  "pull_request_review",
  "repository",
  "repository_ruleset",
  "installation",
  "installation_repositories",
]);

export type Hinted =
  /** Full names of the repos to look at: `owner/name`. */
  | { readonly kind: "look"; readonly repos: readonly string[] }
  | { readonly kind: "nothing" }
  | { readonly kind: "unreadable" };

/**
 * The repos that a webhook gives reason to look at. It does not matter what it says of them: they are looked at, and what
 * is there counts. The bytes are GitHub's by their signature, and still read like a stranger's.
 */
export function toHintedRepos(event: string, body: Uint8Array): Hinted {
  if (!TELLING.has(event)) return { kind: "nothing" };
  const read = payload.safeParse(parseJson(body));
  if (!read.success) return { kind: "unreadable" };
  const { repository, repositories = [], repositories_added: added = [], changes } = read.data;
  const own = repository === undefined ? [] : [repository.full_name];
  // The law may know it by the name that it had.
  const before = repository === undefined ? [] : namesBefore(repository.full_name, changes);
  const names = [...own, ...before, ...[...repositories, ...added].map((one) => one.full_name)];
  return names.length === 0 ? { kind: "nothing" } : { kind: "look", repos: [...new Set(names)] };
}

function namesBefore(
  fullName: string,
  changed: z.infer<typeof changes> | undefined,
): readonly string[] {
  const [owner = "", own = ""] = fullName.split("/");
  const renamed = changed?.repository?.name.from;
  const from = changed?.owner?.from;
  const moved = from?.user?.login ?? from?.organization?.login;
  return renamed === undefined && moved === undefined
    ? []
    : [`${moved ?? owner}/${renamed ?? own}`];
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
