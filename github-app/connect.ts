import type { Octokit as RestOctokit } from "@octokit/rest";
import { Probot, ProbotOctokit } from "probot";
import type { Repo } from "./addresses.ts";
import type { LimitsSeen } from "./limits.ts";

export type GithubWish = {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** Base of the API. */
  readonly api: string;
};

/** The REST methods alone: what signs, counts and logs behind them is Probot's. */
export type Octokit = Pick<RestOctokit, "rest">;

export type OptionalRight = "pull_requests" | "security_events";

export type Github = {
  /** A client with the rights of the App on this repo; undefined where it is not installed. */
  on(repo: Repo): Promise<Octokit | undefined>;
  /** Whether the App may write this there: a right that is asked for only where an operator wants what it is for. */
  mayWrite(repo: Repo, right: OptionalRight): Promise<boolean>;
  /** A client with the rights of the App on an organisation; undefined where it is not installed. */
  onOrg(org: string): Promise<Octokit | undefined>;
  /** A client with the rights of the App on all repos of one installation. */
  onInstallation(id: number): Promise<Octokit>;
  /** Forgets what is known of the repo's installation and its token; false when that was just done. */
  forget(repo: Repo): boolean;
  /** A client with the rights of the App itself. */
  app(): Promise<Octokit>;
};

type Installation = {
  readonly id: number;
  readonly permissions: Readonly<Partial<Record<OptionalRight, string>>>;
};

const REQUEST_MS = 15_000;
/** An installation that moves or ends is noticed within this time. */
const KNOWN_MS = 600_000;
/** What is refused again this soon after it was found anew is not refused for what was remembered. */
const RENEWED_MS = 60_000;

/** Signs in as the App. Nothing is asked of GitHub until somebody asks for a repo. */
export function connectGithub(
  { appId, privateKey, api }: GithubWish,
  nowMs: () => number,
  limits?: Pick<LimitsSeen, "note">,
): Github {
  const signIn = () =>
    new Probot({
      appId,
      privateKey,
      baseUrl: api,
      logLevel: "fatal",
      // What fails is tried again by rows that outlive this process, and what GitHub says of limits is kept there.
      Octokit: ProbotOctokit.defaults({ retry: { enabled: false }, throttle: { enabled: false } }),
      request: {
        fetch: async (...asked: Parameters<typeof fetchInTime>) => {
          const answer = await fetchInTime(...asked);
          limits?.note(answer.headers);
          return answer;
        },
      },
    });
  let probot = signIn();
  const installations = new Map<string, Installation & { readonly sinceMs: number }>();
  const forgottenMs = new Map<string, number>();
  const installationOf = async (repo: Repo): Promise<Installation | undefined> => {
    const key = keyOf(repo);
    const known = installations.get(key);
    if (known !== undefined && nowMs() - known.sinceMs < KNOWN_MS) return known;
    const app: Octokit = await probot.auth();
    const found = await toInstallation(
      app.rest.apps.getRepoInstallation({ owner: repo.owner, repo: repo.name }),
    );
    if (found === undefined) installations.delete(key);
    else installations.set(key, { ...found, sinceMs: nowMs() });
    return found;
  };
  return {
    app: () => probot.auth(),
    async onOrg(org) {
      const app: Octokit = await probot.auth();
      const found = await toInstallation(app.rest.apps.getOrgInstallation({ org }));
      return found && probot.auth(found.id);
    },
    async on(repo) {
      const found = await installationOf(repo);
      return found && probot.auth(found.id);
    },
    onInstallation: (id) => probot.auth(id),
    async mayWrite(repo, right) {
      return (await installationOf(repo))?.permissions[right] === "write";
    },
    forget(repo) {
      const key = keyOf(repo);
      if (nowMs() - (forgottenMs.get(key) ?? -RENEWED_MS) < RENEWED_MS) return false;
      forgottenMs.set(key, nowMs());
      installations.delete(key);
      // Probot keeps tokens to itself, and for as long as they were to count.
      probot = signIn();
      return true;
    },
  };
}

const keyOf = ({ owner, name }: Repo) => `${owner}/${name}`.toLowerCase();

/** An installation; undefined where there is none. */
async function toInstallation(
  asked: Promise<{ readonly data: Installation }>,
): Promise<Installation | undefined> {
  try {
    const { id, permissions } = (await asked).data;
    return { id, permissions };
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined;
    throw cause;
  }
}

function fetchInTime(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const limit = AbortSignal.timeout(REQUEST_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  return fetch(input, { ...init, signal });
}

/** The HTTP status that GitHub answered with; undefined when it did not answer, which Octokit calls a 500 without a response. */
export function statusOf(cause: unknown): number | undefined {
  const hasStatus = typeof cause === "object" && cause !== null && "status" in cause;
  if (!hasStatus || typeof cause.status !== "number") return undefined;
  const isAnswer = "response" in cause && cause.response !== undefined;
  return cause.status === 500 && !isAnswer ? undefined : cause.status;
}
