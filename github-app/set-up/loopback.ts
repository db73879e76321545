import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { failedPage } from "./page.ts";

export type Served = {
  /** On loopback alone. */
  readonly url: string;
  close(): Promise<void>;
};
/** Answers a GET of this very address; `own` is where it is served, `asked` what was asked for below it. */
export type Answer = (own: string, asked: URL, res: ServerResponse) => Promise<void>;

/** Serves pages on a free port of this machine, to whoever opened that very address. */
export async function serveOnLoopback(answer: Answer): Promise<Served> {
  let url = "";
  const server = createServer((req, res) => {
    if (!isMeant(req, url)) return sendPage(res, 404, failedPage("There is nothing here."));
    answer(url, new URL(req.url ?? "/", url), res).catch(
      () => res.headersSent || sendPage(res, 500, failedPage("Something went wrong here.")),
    );
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail).listen(0, "127.0.0.1", () => done());
  });
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    url,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeIdleConnections();
      }),
  };
}

/** A page of the web may have a name of its own lead here: only who opened this very address is answered. */
function isMeant({ headers, method }: IncomingMessage, own: string): boolean {
  return headers.host === new URL(own).host && method === "GET";
}

export function sendPage(
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
