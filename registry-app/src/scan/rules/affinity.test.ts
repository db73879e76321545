import { describe, expect, it } from "vitest";
import { isAboutPlace, placeOf } from "./affinity.ts";

const about = (name: string, description: string) => ({
  name,
  description,
  allowedTools: [],
  compatibility: "",
  hosts: new Set<string>(),
});
const RAW = "https://raw.githubusercontent.com/quay77/harbour-watch/main/install.sh";

describe("who answers at an address", () => {
  it("is the host, and at a host of code the owner of the place", () => {
    expect(placeOf("https://api.harbour.test/v1")).toBe("api.harbour.test");
    expect(placeOf(RAW)).toBe("github.com/quay77");
    expect(placeOf("https://github.com/Quay77/other")).toBe("github.com/quay77");
    expect(placeOf("not an address")).toBe("");
  });

  it("is what a skill is about that names the owner or the repo, and not the host of all of them", () => {
    expect(isAboutPlace(RAW, about("ships", "Counts ships with harbour-watch."))).toBe(true);
    expect(isAboutPlace(RAW, about("quay77-tools", "Counts ships."))).toBe(true);
    expect(isAboutPlace(RAW, about("issues", "Sorts the issues of a GitHub repo."))).toBe(false);
    const gist = "https://gist.githubusercontent.com/ships/0a1b/raw/i.sh";
    expect(isAboutPlace(gist, about("ships", "Counts ships."))).toBe(false);
    expect(isAboutPlace("https://get.harbour.test/i", about("harbour", "Ships."))).toBe(true);
  });
});
