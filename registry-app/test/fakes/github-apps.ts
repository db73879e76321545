import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "./send-json.ts";

/** A try to deliver a webhook, as GitHub lists it. */
export type FakeDelivery = {
  readonly id: number;
  readonly guid: string;
  readonly delivered_at: string;
  readonly status_code: number;
};

export type FakeRepo = {
  readonly full_name: string;
  readonly default_branch: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly topics: readonly string[];
};

export type GithubApps = {
  /** What it lists, the newest first. */
  deliveries: FakeDelivery[];
  /** What an installation may reach, beside the repos of the emulator. */
  repos: FakeRepo[];
  /** Ids of the tries that it was asked to make again. */
  readonly redelivered: number[];
  /** Codes that it gave out for a manifest; each is good once. */
  readonly codes: Set<string>;
  /** Answers what is about an App itself, and not about a repo; false when it is something else. */
  answer(path: string, req: IncomingMessage, res: ServerResponse): boolean;
};

const PER_PAGE = 100;
/** Number of the App that a manifest becomes. */
export const MADE_APP_ID = 4_711;

/** What GitHub answers about an App: its deliveries, and the one that a manifest becomes. */
export function fakeApps(web: () => string): GithubApps {
  const redelivered: number[] = [];
  const codes = new Set<string>();
  const apps: GithubApps = {
    deliveries: [],
    repos: [],
    redelivered,
    codes,
    answer(path, req, res) {
      const { pathname, searchParams } = new URL(path, "http://localhost");
      const code = /^\/app-manifests\/([\w-]+)\/conversions$/.exec(pathname)?.[1];
      const id = /^\/app\/hook\/deliveries\/(\d+)\/attempts$/.exec(pathname)?.[1];
      if (pathname === "/installation/repositories") {
        const from = (Number(searchParams.get("page") ?? 1) - 1) * PER_PAGE;
        const repositories = apps.repos.slice(from, from + PER_PAGE);
        sendJson(res, 200, { total_count: apps.repos.length, repositories });
      } else if (pathname === "/app/hook/deliveries") {
        const from = Number(searchParams.get("cursor") ?? 0);
        const next = from + PER_PAGE;
        const link = `<http://localhost/app/hook/deliveries?per_page=100&cursor=${next}>; rel="next"`;
        const headers: Record<string, string> = next < apps.deliveries.length ? { link } : {};
        sendJson(res, 200, apps.deliveries.slice(from, next), headers);
      } else if (id !== undefined && req.method === "POST") {
        redelivered.push(Number(id));
        sendJson(res, 202, {});
      } else if (code !== undefined && req.method === "POST") {
        if (codes.delete(code)) sendJson(res, 201, madeApp(web()));
        else sendJson(res, 404, { message: "Not Found" });
      } else return false;
      return true;
    },
  };
  return apps;
}

function madeApp(web: string): object {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return {
    id: MADE_APP_ID,
    slug: "assay-registry",
    html_url: `${web}/apps/assay-registry`,
    webhook_secret: "0123456789abcdef0123456789abcdef",
    client_secret: "not for us",
    pem: privateKey,
  };
}
