import { execFile } from "node:child_process";
import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { createEmulator } from "emulate";
import { judgeOf, serveRepos, type HostedRepos } from "../git-hosting.ts";
import { serveByGit } from "./git-backend.ts";
import { fakeApps, type GithubApps } from "./github-apps.ts";
import { fakeExtras, type GithubExtras } from "./github-extras.ts";
import { answerRole, answerTeam, type FakeMember, type FakeRole } from "./github-people.ts";
import { fakeReleases, type FakeRelease } from "./github-releases.ts";
import { answerReviews, type FakeMerged } from "./github-reviews.ts";
import { sendJson } from "./send-json.ts";

/** What GitHub does instead of answering as it would, for as long as it is set. */
export type Trouble =
  | { readonly status: number; readonly headers?: Record<string, string> }
  /** It takes the request and says nothing; or it hangs up. */
  | "silence"
  | "hang-up";

export type GithubEnterprise = {
  /** Where its repos are; the API is below `/api/v3`. */
  readonly url: string;
  readonly api: string;
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly repos: HostedRepos;
  /** Requests to the API so far, as `METHOD path`. */
  readonly asked: string[];
  trouble: Trouble | undefined;
  /** What it lists as open pull requests. */
  pulls: readonly FakePull[];
  /** What was merged into acme/skills. */
  readonly merged: FakeMerged[];
  /** Who may do what on acme/skills, by login. */
  readonly roles: Map<string, FakeRole>;
  /** Teams of the organisation acme, by slug. */
  readonly teams: Map<string, readonly FakeMember[]>;
  /** What it knows of Apps themselves. */
  readonly apps: Omit<GithubApps, "answer">;
  /** The releases of acme/skills, by id. */
  readonly releases: Map<number, FakeRelease>;
  /** What takes a right that the App has only where somebody gave it. */
  readonly extras: GithubExtras;
  /** The check runs that were written, the newest of each name, by commit. */
  checks(): readonly CheckBody[];
  /** A webhook as GitHub signs it. */
  sign(secret: string, event: string, payload: object): Webhook;
  close(): Promise<void>;
};
export type Webhook = { readonly headers: Record<string, string>; readonly body: string };
export type FakePull = {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  /** The fork that it comes from. */
  readonly from?: string;
};
/** The body of a request that writes a check run, with the id that it got. */
export type CheckBody = {
  readonly id: number;
  readonly name: string;
  readonly head_sha: string;
  readonly status: string;
  readonly conclusion?: string;
  readonly details_url: string;
  readonly external_id: string;
  readonly actions?: readonly { readonly identifier: string }[];
  readonly output: {
    readonly title: string;
    readonly summary: string;
    readonly annotations: readonly object[];
  };
};

const APP_ID = 77;
let port = 4_700 + (process.pid % 900);

/** One host as an Enterprise Server is one: repos by real git, and the API of the emulator below /api/v3. */
export async function openGithubEnterprise(
  /** What the App may do beside the least. */
  rights: Readonly<Record<string, string>> = {},
): Promise<GithubEnterprise> {
  port += 1;
  const emulator = await createEmulator({
    service: "github",
    port,
    seed: {
      github: {
        users: [{ login: "ann", name: "Ann" }],
        orgs: [{ login: "acme", name: "Acme" }],
        repos: [{ owner: "acme", name: "skills", auto_init: true }],
        apps: [
          {
            app_id: APP_ID,
            slug: "assay",
            name: "Assay",
            permissions: { checks: "write", contents: "read", ...rights },
            events: ["push"],
            installations: [{ installation_id: 5, account: "acme", repository_selection: "all" }],
          },
        ],
      },
    },
  });
  const written = new Map<number, CheckBody>();
  const asked: string[] = [];
  const state: { trouble: Trouble | undefined; pulls: readonly FakePull[] } = {
    trouble: undefined,
    pulls: [],
  };
  const merged: FakeMerged[] = [];
  const roles = new Map<string, FakeRole>();
  const teams = new Map<string, readonly FakeMember[]>();
  const apps = fakeApps(() => new URL(repos.url).origin);
  const releases = fakeReleases(() => repos.root);
  const extras = fakeExtras();
  const forward = (req: IncomingMessage, res: ServerResponse): boolean => {
    // Here git's addresses are as GitHub has them, with the owner in front.
    if (req.url?.startsWith("/acme/") === true) {
      serveByGit(join(repos.root, "bare"), req.url.slice("/acme".length), req, res);
      return true;
    }
    if (req.url?.startsWith("/api/v3/") !== true) return false;
    const path = req.url.slice("/api/v3".length);
    asked.push(`${req.method} ${path}`);
    const { trouble } = state;
    // The emulator knows no commit that was pushed by git, so that its own list would be of others.
    const isList = req.method === "GET" && path.startsWith("/repos/acme/skills/pulls?");
    if (trouble === undefined && answerRole(roles, path, req, res)) return true;
    if (trouble === undefined && answerTeam(teams, path, res)) return true;
    if (trouble === undefined && answerReviews(merged, path, res)) return true;
    if (trouble === undefined && apps.answer(path, req, res)) return true;
    if (trouble === undefined && releases.answer(path, req, res)) return true;
    if (trouble === undefined && extras.answer(path, req, res)) return true;
    if (trouble === undefined && isList) sendPulls(res, state.pulls);
    else if (trouble === "hang-up") res.destroy();
    else if (trouble === "silence") req.resume();
    else if (trouble !== undefined) res.writeHead(trouble.status, trouble.headers).end("{}");
    else void pass(new URL(path, emulator.url), req, res, { written, root: repos.root });
    return true;
  };
  const repos = await serveRepos({ onPush: () => judgeOf(), turnAway: forward });
  const { origin } = new URL(repos.url);
  const key = emulator.generatedSecrets.find(({ kind }) => kind === "github.app_private_key");
  return {
    url: origin,
    api: `${origin}/api/v3`,
    appId: APP_ID,
    privateKey: key?.value ?? "",
    repos,
    asked,
    get trouble() {
      return state.trouble;
    },
    set trouble(trouble) {
      state.trouble = trouble;
    },
    get pulls() {
      return state.pulls;
    },
    set pulls(pulls) {
      state.pulls = pulls;
    },
    apps,
    merged,
    roles,
    teams,
    releases: releases.all,
    extras: extras.extras,
    checks: () => [...written.values()],
    sign: (secret, event, payload) => {
      const body = JSON.stringify(payload);
      const signature = createHmac("sha256", secret).update(body).digest("hex");
      const headers = {
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": crypto.randomUUID(),
        "x-hub-signature-256": `sha256=${signature}`,
      };
      return { body, headers };
    },
    close: async () => {
      await repos.close();
      await emulator.close();
    },
  };
}

function sendPulls(res: ServerResponse, pulls: readonly FakePull[]): void {
  const own = "acme/skills";
  const listed = pulls.map(({ number, head, base, from = own }) => ({
    number,
    state: "open",
    head: { sha: head, repo: { full_name: from } },
    base: { sha: base, repo: { full_name: own } },
  }));
  sendJson(res, 200, listed);
}

/** GitHub's limits on a check run (REST, "Create a check run"), which the emulator does not know. */
function isTooMuch(body: Buffer): boolean {
  if (body.length === 0) return false;
  const { output, actions = [] } = JSON.parse(body.toString("utf8")) as Partial<CheckBody>;
  if (actions.length > 3) return true;
  if (output === undefined) return false;
  const { title, summary, annotations = [] } = output as Partial<CheckBody["output"]>;
  return annotations.length > 50 || (summary?.length ?? 0) > 65_535 || (title?.length ?? 0) > 255;
}

async function isCommit(gitDir: string, oid: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile("git", ["-C", gitDir, "cat-file", "-t", oid], (cause, stdout) =>
      resolve(cause === null && stdout.trim() === "commit"),
    );
  });
}

async function pass(
  to: URL,
  req: IncomingMessage,
  res: ServerResponse,
  { written, root }: { readonly written: Map<number, CheckBody>; readonly root: string },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (to.pathname.includes("/check-runs") && isTooMuch(body)) {
    res.writeHead(422).end(JSON.stringify({ message: "Invalid request: output is too large." }));
    return;
  }
  if (req.method === "POST" && to.pathname.endsWith("/check-runs")) {
    const { head_sha } = JSON.parse(body.toString("utf8")) as CheckBody;
    // The emulator takes any; GitHub has no check on what is no commit of the repo.
    if (!(await isCommit(join(root, "bare", "skills.git"), head_sha))) {
      res.writeHead(422).end("{}");
      return;
    }
  }
  const headers = { ...req.headers, host: to.host, "content-length": String(body.length) };
  const outgoing = request(to, { method: req.method ?? "GET", headers }, (answer) => {
    const parts: Buffer[] = [];
    answer.on("data", (part: Buffer) => parts.push(part));
    answer.on("end", () => {
      const text = Buffer.concat(parts);
      if (to.pathname.includes("/check-runs") && (answer.statusCode ?? 500) < 300) {
        const { id } = JSON.parse(text.toString("utf8")) as { id: number };
        const own = JSON.parse(body.toString("utf8")) as CheckBody;
        const before = written.get(id);
        // Those of an update are added to those that are there.
        const annotations = [
          ...(before?.output.annotations ?? []),
          ...(own.output?.annotations ?? []),
        ];
        const output = { ...before?.output, ...own.output, annotations };
        written.set(id, { ...before, ...own, output, id });
      }
      res.writeHead(answer.statusCode ?? 502, { "content-type": "application/json" }).end(text);
    });
  });
  outgoing.on("error", () => res.writeHead(502).end());
  outgoing.end(body);
}
