import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { timingSafeEqual } from "node:crypto";
import type { Addresses } from "../addresses.ts";
import { exchangeCode, type NewApp } from "./exchange.ts";
import { manifestAddress, toManifest, type Extra } from "./manifest.ts";
import { askPage, failedPage, madePage, policyOf } from "./page.ts";

export type SetUpWish = {
  readonly addresses: Addresses;
  /** The organisation that shall own the App; undefined: whoever is signed in. */
  readonly org: string | undefined;
  readonly name: string;
  /** Without a trailing slash. */
  readonly publicUrl: string;
  readonly extras: readonly Extra[];
  /** Unguessable; GitHub gives it back with the code. */
  readonly state: string;
  /** Puts the App's secrets where they stay, before anybody is told that it is made. */
  readonly keep: (app: NewApp) => Promise<void>;
};

export type SetUp = {
  /** The page to open; on loopback alone. */
  readonly url: string;
  /** Settles when an App was made and kept. */
  readonly made: Promise<NewApp>;
  close(): Promise<void>;
};

/** Serves the page that has GitHub make the App, and takes in what GitHub sends back to it. */
export async function serveSetUp(wish: SetUpWish): Promise<SetUp> {
  const { promise: made, resolve } = Promise.withResolvers<NewApp>();
  let url = "";
  const server = createServer((req, res) => {
    answer(wish, url, req, res).then(
      (app) => app !== undefined && resolve(app),
      () => res.headersSent || send(res, 500, failedPage("Something went wrong here.")),
    );
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail).listen(0, "127.0.0.1", () => done());
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  url = `http://127.0.0.1:${port}`;
  return {
    url,
    made,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeIdleConnections();
      }),
  };
}

async function answer(
  wish: SetUpWish,
  own: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<NewApp | undefined> {
  const asked = new URL(req.url ?? "/", own);
  // A page of the web may have a name of its own lead here: only who opened this very address is answered.
  if (req.headers.host !== new URL(own).host || req.method !== "GET") {
    send(res, 404, failedPage("There is nothing here."));
    return undefined;
  }
  if (asked.pathname === "/") {
    sendAsk(wish, own, res);
    return undefined;
  }
  const code = asked.searchParams.get("code") ?? "";
  const isOurs = isSame(asked.searchParams.get("state") ?? "", wish.state);
  if (asked.pathname !== "/made" || !isOurs || !/^[\w-]{1,200}$/.test(code)) {
    send(res, 404, failedPage("This is not what GitHub sends back."));
    return undefined;
  }
  const exchanged = await exchangeCode(wish.addresses, code);
  if (exchanged.kind === "failed") {
    send(res, 502, failedPage(exchanged.problem));
    return undefined;
  }
  await wish.keep(exchanged.app);
  send(res, 200, madePage(exchanged.app));
  return exchanged.app;
}

function sendAsk(wish: SetUpWish, own: string, res: ServerResponse): void {
  const { name, publicUrl, extras, addresses, org, state } = wish;
  const manifest = toManifest({ name, publicUrl, extras, redirectUrl: `${own}/made` });
  const target = `${manifestAddress(addresses, org)}?state=${encodeURIComponent(state)}`;
  send(res, 200, askPage({ manifest, target, extras }), policyOf(target));
}

function send(
  res: ServerResponse,
  status: number,
  page: string,
  policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
): void {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    connection: "close",
  };
  res.writeHead(status, headers).end(page);
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
