import { timingSafeEqual } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Addresses } from "../addresses.ts";
import { exchangeCode, type NewApp } from "./exchange.ts";
import { sendPage, serveOnLoopback, type Served } from "./loopback.ts";
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

export type SetUp = Served & {
  /** Settles when an App was made and kept. */
  readonly made: Promise<NewApp>;
};

/** Serves the page that has GitHub make the App, and takes in what GitHub sends back to it. */
export async function serveSetUp(wish: SetUpWish): Promise<SetUp> {
  const { promise: made, resolve } = Promise.withResolvers<NewApp>();
  const served = await serveOnLoopback(async (own, asked, res) => {
    const app = await answer(wish, own, asked, res);
    if (app !== undefined) resolve(app);
  });
  return { ...served, made };
}

async function answer(
  wish: SetUpWish,
  own: string,
  asked: URL,
  res: ServerResponse,
): Promise<NewApp | undefined> {
  if (asked.pathname === "/") {
    sendAsk(wish, own, res);
    return undefined;
  }
  const code = asked.searchParams.get("code") ?? "";
  const isOurs = isSame(asked.searchParams.get("state") ?? "", wish.state);
  if (asked.pathname !== "/made" || !isOurs || !/^[\w-]{1,200}$/.test(code)) {
    sendPage(res, 404, failedPage("This is not what GitHub sends back."));
    return undefined;
  }
  const exchanged = await exchangeCode(wish.addresses, code);
  if (exchanged.kind === "failed") {
    sendPage(res, 502, failedPage(exchanged.problem));
    return undefined;
  }
  await wish.keep(exchanged.app);
  sendPage(res, 200, madePage(exchanged.app));
  return exchanged.app;
}

function sendAsk(wish: SetUpWish, own: string, res: ServerResponse): void {
  const { name, publicUrl, extras, addresses, org, state } = wish;
  const manifest = toManifest({ name, publicUrl, extras, redirectUrl: `${own}/made` });
  const target = `${manifestAddress(addresses, org)}?state=${encodeURIComponent(state)}`;
  sendPage(res, 200, askPage({ manifest, target, extras }), policyOf(target));
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
