import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDemoHistories } from "../../src/demo/content/index.ts";
import { describeWith } from "../needs.ts";

const ASSAY = fileURLToPath(new URL("../../bin/assay.ts", import.meta.url));
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

type Up = { readonly url: string; readonly said: string; readonly child: ChildProcess };

/** The product as `npm start` runs it: embedded Postgres, the site, the demo. */
async function startUp(home: string): Promise<Up> {
  const env = {
    ...process.env,
    ASSAY_HOME: home,
    ASSAY_DEMO: "1",
    // Evals that end late would change what the rebuild is held against.
    ASSAY_SANDBOX: "off",
    PORT: "0",
    LOG_LEVEL: "warn" as const,
    DATABASE_URL: "",
    REDIS_URL: "",
  };
  const child = spawn(process.execPath, [ASSAY, "up"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /Assay is ready at (\S+)\n[\s\S]*Ctrl-C/.exec(said)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.on("exit", (code) => reject(new Error(`assay up ended with ${code}:\n${said}`)));
  });
  return { url, said, child };
}

async function stop({ child }: Up): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  child.kill("SIGTERM");
  return ended;
}

let home = "";
let up: Up;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "assay demo "));
  up = await startUp(home);
});

afterAll(async () => {
  await stop(up);
  await rm(home, { recursive: true, force: true });
});

const getJson = async (path: string) =>
  (await (await fetch(`${up.url}${path}`)).json()) as Record<string, unknown>;

describe("the demo registry", () => {
  it("judges each of its tags as its content says", async () => {
    const wanted = (await readDemoHistories()).flatMap(({ source, commits }) =>
      commits.flatMap(({ tags }) => tags.map((tag) => ({ source, ...tag }))),
    );
    for (const { source, name, expected } of wanted) {
      const { items } = (await getJson(`/api/v1/sources/${source}/tags?size=100`)) as {
        items: Record<string, unknown>[];
      };
      const states = items
        .filter((tag) => tag["tag"] === name)
        .map((tag) => tag["code"] ?? tag["state"]);
      expect(states, `${source} ${name}`).toContain(expected);
    }
    expect(wanted.filter((tag) => tag.expected === "published")).toHaveLength(15);
  });

  it("leaves what a script needs: a key that only its owner reads, its principal, a push address", async () => {
    expect((await stat(join(home, "demo", "id_ed25519"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(home, "demo", "email"), "utf8")).toBe("ada@acme.example\n");
    expect(await readFile(join(home, "demo", "remote"), "utf8")).toMatch(
      /^http:\/\/demo:assay_\S+@127\.0\.0\.1:\d+\/git\/acme-skills\.git\n$/,
    );
    expect(existsSync(join(home, "demo", "complete"))).toBe(true);
    expect(up.said).not.toContain('"level":"error"');
  });

  it("comes out of its git repos alone as it is, down to the bytes of its archives", async () => {
    const env = { ...process.env, ASSAY_HOME: home, DATABASE_URL: "", REDIS_URL: "" };
    const child = spawn(process.execPath, [ASSAY, "rebuild", "--verify", "--json"], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, said]).toEqual([0, expect.any(String)]);
  }, 120_000);

  it("is found again by a second start, which does not make it anew", async () => {
    const before = await getJson("/api/v1/sources/acme-skills/tags?size=100");
    const skill = await getJson("/api/v1/skills/acme/sql-review/versions/1.0.1");
    expect(await stop(up)).toBe(0);
    up = await startUp(home);
    expect(await getJson("/api/v1/sources/acme-skills/tags?size=100")).toEqual(before);
    expect(await getJson("/api/v1/skills/acme/sql-review/versions/1.0.1")).toEqual(skill);
  });
});

const PAGES = [
  "/",
  "/skills",
  "/skills?q=sql",
  "/skills/acme/sql-review",
  "/skills/acme/release-notes/2.0.0/changelog",
  "/skills/acme/sql-review/1.0.1/files",
  "/skills/acme/sql-review/1.0.1/security",
  "/sources/acme-skills",
  "/sources/acme-skills/tags/sql-review--v1.1.0",
  "/sources/globex-skills/tags/csv-clean/v1.1.1",
  "/teams/acme",
  "/docs",
  "/docs/codes/UNSIGNED",
  "/nothing-here",
];

describeWith("chromium")("the pages in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    const executablePath = BROWSERS.find((path) => existsSync(path));
    if (executablePath === undefined) throw new Error(`no browser at ${BROWSERS.join(", ")}`);
    browser = await chromium.launch({ executablePath, args: FLAGS.split(" ") });
  });
  afterAll(() => browser.close());

  const open = async (
    options: BrowserContextOptions,
    visit: (page: Page, errors: string[]) => Promise<void>,
  ) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on(
      "console",
      (message) => message.type() === "error" && errors.push(`${page.url()} ${message.text()}`),
    );
    page.on("pageerror", (error) => errors.push(`${page.url()} ${error.message}`));
    await visit(page, errors);
    await context.close();
  };

  it.each([
    ["light", { viewport: { width: 1200, height: 900 } }],
    ["dark", { viewport: { width: 1200, height: 900 }, colorScheme: "dark" }],
    ["a phone", { viewport: { width: 390, height: 844 } }],
  ] as const)(
    "stay within the window and break no rule of their own policy: %s",
    async (_name, options) => {
      await open(options, async (page, errors) => {
        for (const path of PAGES) {
          await page.goto(`${up.url}${path}`);
          const overflow = await page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth",
          );
          expect(overflow, path).toBeLessThanOrEqual(0);
          expect(await page.locator("main h1").count(), path).toBe(1);
        }
        expect(errors.filter((text) => !text.includes("404"))).toEqual([]);
      });
    },
  );

  it("say everything with JavaScript off", async () => {
    await open({ javaScriptEnabled: false }, async (page) => {
      await page.goto(`${up.url}/sources/acme-skills/tags/sql-review--v1.1.0`);
      const text = await page.locator("main").innerText();
      expect(text).toContain("UNSIGNED");
      expect(text).toContain("git tag -s");
    });
  });

  it("take a keyboard: slash goes to the search, and a name leads to the skill", async () => {
    await open({}, async (page) => {
      await page.goto(`${up.url}/skills`);
      await page.keyboard.press("/");
      await page.keyboard.type("sql-reveiw");
      await page.keyboard.press("Enter");
      await page.waitForURL(/q=sql-reveiw/);
      await page
        .getByRole("link", { name: /sql-review/ })
        .first()
        .click();
      await page.waitForURL(/\/skills\/acme\/sql-review/);
      expect(await page.locator("h1").innerText()).toContain("sql-review");
    });
  });
});
