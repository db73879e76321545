import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGithubSettings } from "../../bin/compose/github-settings.ts";
import { MADE_APP_ID } from "../fakes/github-apps.ts";
import { openGithubEnterprise, type GithubEnterprise } from "../fakes/github-enterprise.ts";

const assay = join(import.meta.dirname, "../../bin/assay.ts");
let github: GithubEnterprise;
let home: string;
beforeAll(async () => {
  github = await openGithubEnterprise();
  home = await mkdtemp(join(tmpdir(), "assay-set-up-"));
});
afterAll(async () => {
  await github.close();
  await rm(home, { recursive: true, force: true });
});

/** Runs the command; `url` is the page that it tells people to open. */
async function start(...args: string[]) {
  const env = { PATH: process.env["PATH"], ASSAY_HOME: home, GITHUB_BASE_URL: github.api };
  const child = spawn(process.execPath, [assay, "github-app", "set-up", ...args], { env });
  let output = "";
  const url = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text: Buffer) => {
        output += text.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
        if (found !== undefined) resolve(found);
      });
  });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, output }));
  });
  return { url, ended, stop: () => child.kill("SIGINT") };
}
const unescaped = (html: string) => html.replaceAll("&quot;", '"').replaceAll("&amp;", "&");

describe("setting the GitHub App up", () => {
  it("asks for the least, on a page of this machine, and keeps what GitHub gives for this account alone", async () => {
    const run = await start("--public-url", "https://registry.example/", "--org", "acme");
    const url = await run.url;
    const page = await fetch(url);
    const html = unescaped(await page.text());
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const target = /action="([^"]+)"/.exec(html)?.[1] ?? "";
    expect(target).toMatch(
      new RegExp(`^${github.url}/organizations/acme/settings/apps/new\\?state=`),
    );
    const manifest = JSON.parse(/name="manifest" value="(\{.*\})"/.exec(html)?.[1] ?? "{}");
    expect(manifest).toMatchObject({
      hook_attributes: { url: "https://registry.example/api/github/webhooks", active: true },
      redirect_url: `${url}/made`,
      public: false,
      default_permissions: { contents: "read", checks: "write" },
    });
    expect(manifest.default_events).not.toContain("installation");
    const state = new URL(target).searchParams.get("state") ?? "";
    // Somebody else's page, or a guess, has nothing made.
    github.apps.codes.add("good-code");
    expect((await fetch(`${url}/made?code=good-code&state=guessed`)).status).toBe(404);
    expect((await fetch(`${url}/made?code=bad-code&state=${state}`)).status).toBe(502);
    const made = await fetch(`${url}/made?code=good-code&state=${state}`);
    expect([made.status, await made.text()]).toEqual([200, expect.stringContaining("is made")]);
    const { code, output } = await run.ended;
    expect(code).toBe(0);
    expect(output).not.toMatch(/PRIVATE KEY|0123456789abcdef/);
    for (const name of ["app.json", "private-key.pem", "webhook-secret"])
      expect((await stat(join(home, "github-app", name))).mode & 0o077).toBe(0);
    expect(await readFile(join(home, "github-app", "private-key.pem"), "utf8")).toContain(
      "PRIVATE KEY",
    );
  });

  it("is found by the next start, but not on another GitHub, and what the environment says comes first", async () => {
    const config = { home, github: { api: github.api, secrets: [], app: undefined } };
    const keyFile = join(home, "github-app", "private-key.pem");
    const found = { id: MADE_APP_ID, keyFile };
    expect(await readGithubSettings(config)).toMatchObject({
      app: found,
      secrets: ["0123456789abcdef0123456789abcdef"],
    });
    const elsewhere = { ...config.github, api: "https://api.github.com" };
    expect(await readGithubSettings({ home, github: elsewhere })).toEqual(elsewhere);
    const own = {
      ...config.github,
      secrets: ["of-the-environment"],
      app: { id: 1, keyFile: "/k" },
    };
    expect(await readGithubSettings({ home, github: own })).toEqual(own);
  });

  it("makes no second App unless asked to: its page shows how the one is that is there", async () => {
    const again = await start("--public-url", "https://registry.example");
    const page = await fetch(await again.url);
    const html = unescaped(await page.text());
    expect(html).toContain("nothing reports: is github-app running?");
    expect(html).not.toContain("<form");
    expect((await fetch(`${await again.url}/made?code=good-code`)).status).toBe(404);
    again.stop();
    const { output } = await again.ended;
    expect(output).toContain(`${MADE_APP_ID}`);
  });

  it("says that where webhooks go must be known", async () => {
    const nowhere = await (await start("--again")).ended;
    expect(nowhere.output).toContain("--public-url https://registry.example");
  });
});
