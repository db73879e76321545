import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { askPage, policyOf } from "./page.ts";
import {
  EVENTS,
  manifestAddress,
  OPTIONAL_PERMISSIONS,
  PERMISSIONS,
  toManifest,
} from "./manifest.ts";

const WISH = {
  name: "Assay",
  publicUrl: "https://registry.example",
  redirectUrl: "http://127.0.0.1:1/made",
};

/** app.yml as it has to be: for those who make the App by hand, each line with its reason. */
function renderAppYml(): string {
  const { name, description, hook_attributes: hook } = toManifest({ ...WISH, extras: [] });
  const right = (prefix: string, one: (typeof PERMISSIONS)[number]) =>
    `${prefix}${one.name}: ${one.access} # ${one.because}`;
  return `${[
    "# The GitHub App of a registry: what `npx assay github-app set-up` asks GitHub for. Made from set-up/manifest.ts.",
    `name: ${name}`,
    `description: ${description}`,
    `url: ${WISH.publicUrl}`,
    "public: false",
    "hook_attributes:",
    `  url: ${hook.url}`,
    "  active: true",
    "default_permissions:",
    ...PERMISSIONS.map((one) => right("  ", one)),
    ...Object.values(OPTIONAL_PERMISSIONS).map((one) => right("  # ", one)),
    "default_events:",
    ...EVENTS.map(({ event, because }) => `  - ${event} # ${because}`),
  ].join("\n")}\n`;
}

describe("the manifest of the App", () => {
  it("stands in app.yml with the reason for each right and event", () => {
    expect(readFileSync(new URL("../app.yml", import.meta.url), "utf8")).toBe(renderAppYml());
  });

  it("never asks to write contents unless somebody wants releases, and to administer never", () => {
    const rights = toManifest({ ...WISH, extras: [] }).default_permissions;
    expect(rights).toMatchObject({ contents: "read", checks: "write" });
    expect(toManifest({ ...WISH, extras: ["releases"] }).default_permissions).toMatchObject({
      contents: "write",
    });
    const all = toManifest({ ...WISH, extras: ["releases", "comments", "code-scanning"] });
    expect(all.default_permissions).toMatchObject({
      contents: "write",
      pull_requests: "write",
      security_events: "write",
    });
    for (const one of [rights, all.default_permissions])
      expect(Object.keys(one)).not.toContain("administration");
  });

  it("goes to the organisation, or to whoever is signed in, and its page sends nothing anywhere else", () => {
    const addresses = { api: "https://api.github.com", web: "https://github.com" };
    const target = manifestAddress(addresses, "acme");
    expect(target).toBe("https://github.com/organizations/acme/settings/apps/new");
    expect(manifestAddress(addresses, undefined)).toBe("https://github.com/settings/apps/new");
    expect(policyOf(target)).toContain("form-action https://github.com;");
  });

  it("holds a name that is markup as the text that it is", () => {
    const name = `"><script>alert(1)</script>`;
    const manifest = toManifest({ ...WISH, name, extras: [] });
    const page = askPage({ manifest, target: "https://github.com/x", extras: [] });
    expect(page).not.toContain("<script>");
  });
});
