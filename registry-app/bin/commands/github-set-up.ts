import { randomBytes } from "node:crypto";
import { addressesOf, EXTRAS, serveSetUp } from "@assay/github-app";
import { Refusal } from "../../src/runtime/index.ts";
import { EXIT, text, type Context, type ExitCode, type Values } from "../command.ts";
import { keepGithubApp, makeGithubFolder, readGithubSettings } from "../compose/github-settings.ts";

/** Serves the page that has GitHub make an App, until it is made. */
export async function setUp(context: Context, values: Values): Promise<ExitCode> {
  const { config, say, print } = context;
  const publicUrl = publicUrlOf(context, text(values, "public-url"));
  const settings = await readGithubSettings(config);
  if (settings.app !== undefined && values["again"] !== true)
    throw new Refusal(
      "conflict",
      `There is a GitHub App already, with the number ${settings.app.id}.`,
      "npx assay github-app status shows how it is; --again makes another one and keeps that in its place.",
    );
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
