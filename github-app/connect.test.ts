import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { silentLog as log } from "@assay/registry/runtime";
import { afterEach, beforeEach, expect, it } from "vitest";
import { connectGithub, type Github } from "./connect.ts";
import { tryOn } from "./on-repo.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const REPO = { owner: "acme", name: "skills" };

type Said = { readonly status: number; readonly body: object };
/** What GitHub is like at the moment. */
type State = {
  installation: number | undefined;
  isSuspended: boolean;
  /** Tokens that count. */
  readonly tokens: Set<string>;
  takesKey: boolean;
  canWrite: boolean;
};
let state: State;
let asked: string[];
let server: Server;
let nowMs: number;
let github: Github;

beforeEach(async () => {
  state = {
    installation: 5,
    isSuspended: false,
    tokens: new Set(),
    takesKey: true,
    canWrite: true,
  };
  asked = [];
  nowMs = Date.now();
  server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    const { status, body } = answerOf(req.url ?? "", req.headers.authorization ?? "");
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  github = connectGithub({ appId: 77, privateKey, api }, () => nowMs);
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

function answerOf(url: string, authorization: string): Said {
  const isApp = url.endsWith("/installation") || url.endsWith("/access_tokens");
  if (isApp && !state.takesKey) return said(401, "A JSON web token could not be decoded");
  if (url.endsWith("/installation"))
    return state.installation === undefined
      ? said(404, "Not Found")
      : { status: 200, body: { id: state.installation } };
  if (state.isSuspended) return said(403, "This installation has been suspended");
  const of = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(url)?.[1];
  if (of !== undefined) {
    if (Number(of) !== state.installation) return said(404, "Not Found");
    const token = `token-${asked.length}`;
    state.tokens.add(token);
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    return { status: 201, body: { token, expires_at, permissions: {} } };
  }
  if (!state.tokens.has(authorization.replace("token ", ""))) return said(401, "Bad credentials");
  if (!state.canWrite) return said(403, "Resource not accessible by integration");
  return { status: 200, body: { id: 1 } };
}

const said = (status: number, message: string): Said => ({ status, body: { message } });
const tell = () =>
  tryOn(
    { github, clock: { now: () => new Date(nowMs) }, log },
    REPO,
    { what: "", attempts: 0 },
    tellOnce,
  );
const tellOnce = async (octokit: NonNullable<Awaited<ReturnType<Github["on"]>>>) => {
  await octokit.rest.repos.get({ owner: REPO.owner, repo: REPO.name });
};
/** The installation ends, and with it its tokens. */
function installAs(id: number | undefined): void {
  state.installation = id;
  state.tokens.clear();
}

it("an installation that was made anew is found at once, by the App's first call after it", async () => {
  expect(await tell()).toBeUndefined();
  installAs(6);
  // A token of the last hour fails as one that was just made does: Octokit waits a little for the latter.
  expect(await tell()).toBeUndefined();
  expect(asked).toContain("POST /app/installations/6/access_tokens");
});

it("a token that ends in mid-run is replaced, and what was to be told is told", async () => {
  expect(await tell()).toBeUndefined();
  state.tokens.clear();
  expect(await tell()).toBeUndefined();
});

it("an installation that ended is said to be none", async () => {
  expect(await tell()).toBeUndefined();
  installAs(undefined);
  expect(await tell()).toMatchObject({
    problem: "The App is not installed on this repo.",
    isPause: false,
  });
});

it("a suspended installation is called so, costs few requests, and is used again once it is not", async () => {
  expect(await tell()).toBeUndefined();
  state.isSuspended = true;
  expect((await tell())?.problem).toContain("suspended");
  const before = asked.length;
  for (let nth = 0; nth < 20; nth += 1) expect((await tell())?.problem).toContain("suspended");
  // One for where it is installed, of which nothing is remembered; then one for each thing to tell.
  expect(asked.length - before).toBeLessThanOrEqual(41);
  state.isSuspended = false;
  nowMs += 3_600_000;
  expect(await tell()).toBeUndefined();
});

it("a key that GitHub does not take is called so, and not a right that is missing", async () => {
  state.takesKey = false;
  expect((await tell())?.problem).toContain("key");
});

it("a right that is missing is asked for anew once a minute and not for each thing to tell", async () => {
  state.canWrite = false;
  const tokensMade = () => asked.filter((one) => one.includes("access_tokens")).length;
  for (let nth = 0; nth < 20; nth += 1)
    expect((await tell())?.problem).toContain("lacks the right");
  expect(tokensMade()).toBe(2);
  nowMs += 61_000;
  await tell();
  expect(tokensMade()).toBe(3);
});
