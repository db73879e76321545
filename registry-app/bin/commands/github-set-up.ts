import { randomBytes } from "node:crypto";
import { addressesOf, EXTRAS, serveHealth, serveSetUp } from "@assay/github-app";
import { readHostHealth } from "../../src/publish/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { EXIT, text, type Context, type ExitCode, type Values } from "../command.ts";
import { keepGithubApp, makeGithubFolder, readGithubSettings } from "../compose/github-settings.ts";
import { listHealthRows } from "../compose/say-host-health.ts";
import { withCore } from "../compose/with-core.ts";

/** Serves the page that has GitHub make an App, until it is made. */
export async function setUp(context: Context, values: Values): Promise<ExitCode> {
  const { config, say, print } = context;
  const settings = await readGithubSettings(config);
  if (settings.app !== undefined && values["again"] !== true)
    return showHealth(context, settings.app.id);
  const publicUrl = publicUrlOf(context, text(values, "public-url"));
  const org = text(values, "org");
  if (org !== undefined && !/^[A-Za-z0-9-]{1,39}$/.test(org))
    throw new Refusal("bad-request", "--org is not the name of an organisation of GitHub.");
  await makeGithubFolder(config.home);
  const page = await serveSetUp({
    addresses: addressesOf(settings.api),
    org,
    name: text(values, "name") ?? `Assay ${new URL(publicUrl).hostname}`.slice(0, 34),
    publicUrl,
    extras: EXTRAS.filter((extra) => values[extra] === true),
    state: randomBytes(24).toString("base64url"),
    keep: (app) => keepGithubApp(config, app),
  });
  say(`Open ${page.url} in a browser on this machine. Ctrl-C leaves everything as it is.`);
  const app = await page.made;
  await page.close();
  print(
    { id: app.id, url: app.url },
    `App ${app.id} is made. Install it: ${app.url}/installations/new`,
  );
  return EXIT.fine;
}

/** The page of an App that is there: how it is, until somebody stops it. */
async function showHealth(context: Context, id: number): Promise<ExitCode> {
  return withCore(context, async ({ db, clock }) => {
    const page = await serveHealth(async () =>
      listHealthRows(await readHostHealth(db), clock.now()),
    );
    context.say(
      `There is a GitHub App already, with the number ${id}: open ${page.url} to see how it is, and press Ctrl-C to end. --again makes another one and keeps that in its place.`,
    );
    // A signal ends it.
    return new Promise<ExitCode>(() => undefined);
  });
}

function publicUrlOf({ config }: Context, given: string | undefined): string {
  const publicUrl = (given ?? config.publicUrl)?.replace(/\/+$/, "");
  if (publicUrl === undefined)
    throw new Refusal(
      "bad-request",
      "GitHub has to know where its webhooks go, and PUBLIC_URL is not set.",
      "Set it, or say --public-url https://registry.example.",
    );
  if (URL.canParse(publicUrl) && /^https?:$/.test(new URL(publicUrl).protocol)) return publicUrl;
  throw new Refusal("bad-request", "--public-url is no http or https address.");
}
