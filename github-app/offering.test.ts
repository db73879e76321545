import { describe, expect, it } from "vitest";
import { planOffers } from "./offering.ts";

const ADDRESSES = { api: "https://api.github.com", web: "https://github.com" };
const repo = (full_name: string, more: object = {}) => ({
  full_name,
  default_branch: "main",
  private: false,
  archived: false,
  topics: ["agent-skills"],
  ...more,
});
const offered = (repos: readonly ReturnType<typeof repo>[], ...sources: readonly string[]) =>
  planOffers(repos, sources, ADDRESSES).map((one) => one.repo);

describe("the repos that are offered as sources", () => {
  it("are those with the topic that are still worked on, by name", () => {
    const repos = [repo("b/x"), repo("a/x"), repo("a/y", { topics: ["go"] })];
    expect(offered([...repos, repo("a/z", { archived: true })])).toEqual(["a/x", "b/x"]);
  });

  it("are none that is a source already, however its address is written", () => {
    expect(offered([repo("Acme/Skills")], "git@github.com:acme/skills.git")).toEqual([]);
    expect(offered([repo("Acme/Skills")], "https://github.com/acme/Skills")).toEqual([]);
    expect(offered([repo("Acme/Skills")], "https://git.example/acme/skills")).toEqual([
      "Acme/Skills",
    ]);
  });

  it("have an address that is made of their name, and a name that leads nowhere else", () => {
    const [one] = planOffers([repo("acme/skills")], [], ADDRESSES);
    expect(one?.url).toBe("https://github.com/acme/skills.git");
    expect(offered([repo("acme/x$(id)"), repo("acme"), repo("a/b/c")])).toEqual([]);
  });
});
