import { describe, expect, it } from "vitest";
import { factOf } from "../dependencies/dependencies.test-kit.ts";
import { readDependencies } from "../dependencies/read-dependencies.ts";
import type { Fact } from "../facts.ts";
import type { About } from "../rules/rule.ts";
import type { Capability } from "../types.ts";
import { compareCapabilities } from "./compare-capabilities.ts";
import { inferCapabilities } from "./infer-capabilities.ts";
import { riskOf } from "./risk.ts";

const SILENT: About = {
  name: "thing",
  description: "",
  allowedTools: [],
  compatibility: "",
  hosts: new Set(),
};

function infer(facts: readonly Fact[], about: Partial<About> = {}): readonly string[] {
  const { dependencies } = readDependencies([], facts, {});
  return inferCapabilities(facts, dependencies, { ...SILENT, ...about }).map(
    ({ kind, detail, isDeclared }) => `${kind} ${detail ?? "-"}${isDeclared ? " declared" : ""}`,
  );
}

const send = (target: string) => factOf({ op: "send", target });
const run = (target: string) => factOf({ op: "run", target });

describe("capabilities", () => {
  it.each<[string, Fact, readonly string[]]>([
    ["a request", send("https://API.example.org:8443/x?y"), ["network api.example.org"]],
    ["a request to nobody knows where", factOf({ op: "send" }), ["network -"]],
    [
      "a request to the machine itself",
      factOf({ op: "send", target: "http://127.0.0.1", traits: ["local"] }),
      [],
    ],
    ["a program behind sudo", run("sudo -E KEY=1 /usr/bin/git push"), ["run-programs git"]],
    [
      "a package",
      factOf({ op: "install", target: "npm:left-pad@1.0.0" }),
      ["install npm:left-pad"],
    ],
    [
      "a key",
      factOf({ op: "read-secret", class: "ssh-key", target: "~/.ssh/id_rsa" }),
      ["read-secrets ssh-key"],
    ],
    ["a file of the workspace", factOf({ op: "write", class: "workspace", target: "out.txt" }), []],
    [
      "the shell's profile",
      factOf({ op: "write", class: "shell-profile", target: "~/.bashrc" }),
      ["write-outside shell-profile"],
    ],
    ["cron", factOf({ op: "schedule", target: "crontab -" }), ["schedule crontab"]],
    ["something that no capability is", factOf({ op: "sense" }), []],
  ])("%s is told as what it lets the skill do", (_, fact, expected) => {
    expect(infer([fact])).toEqual(expected);
  });

  it("are listed once, in one order, whatever the order of the facts", () => {
    const facts = [
      run("git pull"),
      send("https://b.example"),
      run("git push"),
      send("https://a.example"),
    ];
    const expected = ["network a.example", "network b.example", "run-programs git"];
    expect(infer(facts)).toEqual(expected);
    expect(infer(facts.toReversed())).toEqual(expected);
  });

  it("over the cap of a kind become one entry that says how many", () => {
    const facts = Array.from({ length: 40 }, (_, index) => send(`https://h${index}.example`));
    const list = infer(facts);
    expect(list).toHaveLength(26);
    expect(list.at(-1)).toBe("network and 15 more");
  });

  it("are declared by tools, hosts and words, and a host by no word but its own", () => {
    const about = {
      description: "Uses ripgrep to search. Needs internet access.",
      allowedTools: ["Bash(git:*)", "Bash(npx tool *)"],
      hosts: new Set(["docs.example.org"]),
    };
    expect(
      infer(
        [
          run("git pull"),
          run("npx tool"),
          run("rg x"),
          send("https://api.example.org"),
          send("https://drop.example.net"),
          factOf({ op: "send" }),
        ],
        about,
      ),
    ).toEqual([
      "network - declared",
      "network api.example.org declared",
      "network drop.example.net",
      "run-programs git declared",
      "run-programs npx declared",
      "run-programs rg",
    ]);
  });

  it("of two users of one hosting place do not declare each other", () => {
    const hosts = new Set(["alice.github.io"]);
    expect(infer([send("https://mallory.github.io")], { hosts })).toEqual([
      "network mallory.github.io",
    ]);
  });
});

describe("risk", () => {
  const risk = (...facts: readonly Fact[]) => riskOf(inferCapabilities(facts, [], SILENT));

  it("is the gravest thing that a skill can do", () => {
    expect(risk()).toBe("none");
    expect(risk(send("https://a.example"))).toBe("low");
    expect(risk(run("git pull"), send("https://a.example"))).toBe("medium");
    expect(risk(factOf({ op: "write", class: "home" }))).toBe("medium");
    expect(risk(factOf({ op: "write", class: "agent-config" }))).toBe("high");
    expect(risk(factOf({ op: "schedule" }))).toBe("high");
  });

  it("is high when secrets and a way out come together", () => {
    const secret = factOf({ op: "read-secret", class: "dotenv" });
    expect(risk(secret)).toBe("medium");
    expect(risk(secret, send("https://a.example"))).toBe("high");
  });
});

describe("the change between two versions", () => {
  const can = (kind: string, detail: string | null, line = 1): Capability => ({
    kind,
    detail,
    isDeclared: false,
    file: "SKILL.md",
    line,
  });

  it("is what was gained and lost, and not what moved", () => {
    const before = [
      can("network", "a.example", 3),
      can("network", "and 3 more"),
      can("delete", "home"),
    ];
    const after = [
      can("network", "a.example", 9),
      can("network", "and 4 more"),
      can("schedule", "crontab"),
    ];
    const { gained, lost } = compareCapabilities(before, after);
    expect(gained.map(({ kind }) => kind)).toEqual(["schedule"]);
    expect(lost.map(({ kind }) => kind)).toEqual(["delete"]);
  });
});
