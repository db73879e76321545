import type { Server } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tagHref } from "../src/data/links.ts";
import { fixturePort } from "./fixture-port.ts";
import { SIGHTINGS } from "./fixture-tags.ts";
import { addressOf, serveFixture } from "./serve-fixture.ts";
import { builtSite } from "./site-build.ts";

const SKILL = "/skills/acme/pdf-forms";
const PAGES = [
  "/",
  "/skills",
  "/skills?q=zzz",
  "/skills?page=400&sort=name",
  SKILL,
  `${SKILL}/1.5.0-rc.1`,
  `${SKILL}/1.2.0`,
  `${SKILL}/1.4.0/files`,
  `${SKILL}/1.4.0/files/scripts/fill.py`,
  `${SKILL}/1.4.0/files/assets/blank.pdf`,
  `${SKILL}/1.4.0/changelog`,
  `${SKILL}/1.4.0/security`,
  `${SKILL}/1.5.0-rc.1/security`,
  `${SKILL}/1.4.0/versions`,
  "/skills/security/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
  "/skills/research/%D7%9C%D7%99%D7%98%D7%95%D7%A9",
  "/sources",
  "/sources/acme-skills",
  "/sources/acme-skills?state=refused",
  "/sources/acme-skills/pulls/7",
  "/sources/acme-skills/pulls/8",
  "/sources/acme-skills/pulls/9",
  "/sources/platform-skills",
  "/sources/empty-source",
  "/teams/acme",
  `${SKILL}/1.4.0/evals`,
  `${SKILL}/1.4.0/evals/adds`,
  "/security",
  "/security?severity=medium",
  "/law",
  "/law/history",
  "/docs",
  "/docs/publishing",
  "/docs/consuming",
  "/docs/judging",
  "/docs/scanning",
  "/docs/evals",
  "/docs/codes",
  "/docs/codes/UNSIGNED",
  ...SIGHTINGS.map((sighting) => tagHref("acme-skills", sighting.tag)),
];

let dist: string;
let full: Server;
let empty: Server;

beforeAll(async () => {
  dist = await builtSite();
  full = await serveFixture(dist, fixturePort(10_000));
  empty = await serveFixture(dist, fixturePort(0));
}, 120_000);

afterAll(() => {
  full.close();
  empty.close();
});

async function get(path: string, server = full) {
  const response = await fetch(addressOf(server) + path, { redirect: "manual" });
  return { status: response.status, headers: response.headers, html: await response.text() };
}

describe("every page", () => {
  it.each(PAGES)("%s answers, with a strict policy and nothing inline", async (path) => {
    const { status, headers, html } = await get(path);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    const withoutValues = html.replace(/="[^"]*"/gu, "=");
    expect(/<\w[^>]*\s(?:on\w+|style)=/u.exec(withoutValues)?.[0]).toBeUndefined();
    expect(/<script(?! type= src=)[^>]*>/u.exec(withoutValues)?.[0]).toBeUndefined();
  });

  it.each(PAGES)(
    "%s has one h1, a title, and no line broken between word and markup",
    async (path) => {
      const { html } = await get(path);
      expect(html.match(/<h1[ >]/gu)?.length).toBeGreaterThanOrEqual(1);
      expect(html).toMatch(/<title>[^<]+ · Assay<\/title>/u);
      const joined =
        /[a-z,.;:]<(?:a|code|b|time) ?[^>]*>[a-z].{0,40}|.{0,40}<\/(?:a|code|b|time)>[A-Za-z]/u;
      expect(joined.exec(html)?.[0]).toBeUndefined();
    },
  );
});

describe("strings of strangers", () => {
  it("show markup as text and never as markup", async () => {
    const { html } = await get("/skills");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("<img");
  });

  it("name characters that hide", async () => {
    const pages = ["/skills", `${SKILL}/1.4.0/files`, `${SKILL}/1.4.0/files/scripts/fill.py`];
    for (const path of pages) {
      const { html } = await get(path);
      expect(html).toContain(">U+202E</span>");
      expect(html).not.toContain("\u202E");
    }
  });

  it("keep their tag's page reachable", async () => {
    const { html } = await get("/sources/acme-skills");
    const hrefs = [...html.matchAll(/href="(\/sources\/acme-skills\/tags\/[^"]+)"/gu)];
    expect(hrefs.length).toBeGreaterThanOrEqual(SIGHTINGS.length);
    for (const [, href = ""] of hrefs) {
      expect((await get(href.replaceAll("&#39;", "'"))).status).toBe(200);
    }
  });
});

describe("the scan of a version", () => {
  it("draws the steps of a finding, says what was not read, and shows no text of what is held", async () => {
    const { html } = await get(`${SKILL}/1.5.0-rc.1/security`);
    for (const said of ["reads ~/.ssh/id_ed25519", "It is encrypted.", "takes 40 of 100"])
      expect(html).toContain(said);
    expect(html).not.toContain("forms.acme.example");
    expect(html).not.toMatch(/href="[^"]*\/files\/scripts/);
  });

  it("shows markup in evidence as text, and what the version before could not do", async () => {
    const { html } = await get(`${SKILL}/1.4.0/security`);
    expect(html).toContain("pip install pypdf &lt;script&gt;");
    expect(html).not.toContain("<b>pdf");
    expect(html).toContain("New since 1.3.2");
  });

  it("is told in the facts beside the text", async () => {
    const { html } = await get(`${SKILL}/1.4.0`);
    expect(html).toContain("all files analysed");
    expect(html).toContain("+ write outside its folder");
  });

  it("has each of its rules in the docs, where its findings point", async () => {
    const { html } = await get("/docs/scanning");
    expect(html).toContain('id="exfiltration.secret-to-network"');
  });
});

describe("the page of a held version", () => {
  it("has the exact command that lets it through, and other versions have none", async () => {
    const held = await get(`${SKILL}/1.5.0-rc.1`);
    expect(held.html).toContain("npx assay approve acme/pdf-forms@1.5.0-rc.1 --reason");
    const published = await get(`${SKILL}/1.4.0`);
    expect(published.html).not.toContain("assay approve");
  });
});

describe("a source that is in trouble", () => {
  it("says why it is frozen, what was kept, and the command that ends it", async () => {
    const { html } = await get("/sources/platform-skills");
    expect(html).toContain("3 accepted tags were moved to other objects within a day");
    expect(html).toContain("What was published stays published");
    expect(html).toContain("npx assay source unfreeze platform-skills --because");
    expect((await get("/sources")).html).toContain("frozen");
    expect((await get("/sources/acme-skills")).html).not.toContain("source unfreeze");
  });

  it("has tags whose pages say what they wait for, and are not asked for again every few seconds", async () => {
    const { html } = await get(tagHref("acme-skills", "pdf-forms--v1.7.0"));
    expect(html).toContain("SOURCE_FROZEN");
    expect(html).toContain("npx assay source unfreeze acme-skills");
    expect(html).toContain('data-state="frozen"');
  });

  it.each([
    ["pdf-forms--v1.4.0", /was moved to another object/, /git push origin \+\w+:refs\/tags/],
    ["pdf-forms--v1.3.0", /was deleted at its host/, /git push origin \+\w+:refs\/tags/],
    ["pdf-forms--v1.2.0", /is no longer on main/, /by a merge for instance/],
  ])("says of %s what happened and what to do", async (tag, what, todo) => {
    const { html } = await get(tagHref("acme-skills", tag));
    expect(html).toMatch(what);
    expect(html).toContain("the bytes served here did not change");
    expect(html).toMatch(todo);
  });
});

describe("what is not there", () => {
  it("answers 404 with a page, also for addresses that no page has", async () => {
    for (const path of [
      "/nope/at/all",
      "/skills/acme/nope",
      `${SKILL}/9.9.9`,
      "/teams/nope",
      "/sources/nope/tags/x",
    ]) {
      const { status, html } = await get(path);
      expect(status).toBe(404);
      expect(html).toContain("Nothing is at this address");
    }
  });

  it("tells the pusher of an unseen tag what to do", async () => {
    const { status, html } = await get("/sources/acme-skills/tags/hello%40v1.0.0");
    expect(status).toBe(404);
    expect(html).toContain("git push origin hello@v1.0.0");
  });

  it("answers a fault of ours with 500 and without its message", async () => {
    const { status, html } = await get("/sources/acme-skills/tags/boom--v1.0.0");
    expect(status).toBe(500);
    expect(html).toContain("The fault is ours");
    expect(html).not.toContain("a fault of our own");
  });
});

describe("links between pages", () => {
  it("lead somewhere", async () => {
    const seen = new Set<string>();
    for (const path of PAGES.slice(0, 12)) {
      const { html } = await get(path);
      for (const [, href = ""] of html.matchAll(/<a [^>]*href="(\/(?:skills|docs)[^"#]*)/gu)) {
        seen.add(href.replaceAll("&amp;", "&").replaceAll("&#38;", "&"));
      }
    }
    expect(seen.size).toBeGreaterThan(40);
    const broken: string[] = [];
    for (const href of seen) {
      if ((await get(href)).status !== 200) broken.push(href);
    }
    expect(broken).toEqual([]);
  });
});

describe("a button that asks for another run", () => {
  it("comes back to the page, or says why not", async () => {
    const post = async (version: string) => {
      const address = `${addressOf(full)}${SKILL}/${version}/evals`;
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        origin: addressOf(full),
      };
      const answer = await fetch(address, {
        method: "POST",
        redirect: "manual",
        headers,
        body: "",
      });
      return {
        status: answer.status,
        at: answer.headers.get("location"),
        html: await answer.text(),
      };
    };
    expect(await post("1.4.0")).toMatchObject({ status: 303, at: `${SKILL}/1.4.0/evals` });
    expect((await post("1.0.0")).html).toContain("has no test cases");
    const foreign = {
      "content-type": "application/x-www-form-urlencoded",
      origin: "https://bad.example",
    };
    const address = `${addressOf(full)}${SKILL}/1.4.0/evals`;
    const answer = await fetch(address, { method: "POST", redirect: "manual", headers: foreign });
    expect(answer.status).toBe(403);
  });
});

describe("weight", () => {
  it("keeps the catalogue under 40 KB and the styles under 20 KB", async () => {
    expect((await get("/skills")).html.length).toBeLessThan(40_000);
    const assets = join(dist, "client/_astro");
    for (const name of (await readdir(assets)).filter((file) => file.endsWith(".css"))) {
      expect((await readFile(join(assets, name))).length).toBeLessThan(20_000);
    }
  });
});
