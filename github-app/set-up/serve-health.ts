import { sendPage, serveOnLoopback, type Served } from "./loopback.ts";
import { failedPage, healthPage, type HealthRow } from "./page.ts";

/** Serves the page that shows how the App is, made anew each time that it is opened. */
export function serveHealth(read: () => Promise<readonly HealthRow[]>): Promise<Served> {
  return serveOnLoopback(async (_own, asked, res) => {
    if (asked.pathname === "/") sendPage(res, 200, healthPage(await read()));
    else sendPage(res, 404, failedPage("There is nothing here."));
  });
}
