import { describe, expect, it } from "vitest";
import { ANONYMOUS, type Actor } from "../people/index.ts";
import type { HostedRepo } from "./deps.ts";
import { judgeAdmission } from "./git-routes.ts";

const team = (teamId: string, isDemo = false): Actor => ({
  kind: "team",
  teamId,
  scopes: ["push"],
  isDemo,
});
const root: Actor = {
  kind: "user",
  id: "root",
  email: "root@example.test",
  isAdmin: true,
  teams: new Map(),
  scopes: ["admin"],
  isDemo: false,
};
const ACTORS = [ANONYMOUS, team("theirs"), team("ours"), team("ours", true), root];
const judgeFor = () => "judging off" as const;
const source = (visibility: "public" | "private", isDemo: boolean): HostedRepo => ({
  kind: "source",
  subject: { teamId: "ours", visibility, isDemo },
  repoDir: "/x",
  judgeFor,
});
const store = (visibility: "public" | "private"): HostedRepo => ({
  kind: "store",
  subject: { teamId: "ours", visibility, isDemo: false },
  repoDir: "/x",
});
const control: HostedRepo = { kind: "control", repoDir: "/x", judgeFor };
const log = (visibility: "public" | "private"): HostedRepo => ({
  kind: "log",
  subject: { teamId: "", visibility, isDemo: false },
  repoDir: "/x",
});

/** anonymous, another team, the owning team, its demo token, an admin */
const TABLE: readonly [string, HostedRepo | undefined, "fetch" | "push", string][] = [
  ["nothing", undefined, "fetch", "sign-in hidden hidden hidden hidden"],
  ["nothing", undefined, "push", "sign-in hidden hidden hidden hidden"],
  ["a public source", source("public", false), "fetch", "sign-in forbidden serve forbidden serve"],
  ["a public source", source("public", false), "push", "sign-in forbidden serve forbidden serve"],
  ["a demo source", source("public", true), "push", "sign-in forbidden serve serve serve"],
  ["a private source", source("private", false), "fetch", "sign-in hidden serve hidden serve"],
  ["a private source", source("private", false), "push", "sign-in hidden serve hidden serve"],
  ["a public store", store("public"), "fetch", "serve serve serve serve serve"],
  ["a public store", store("public"), "push", "sign-in forbidden forbidden forbidden forbidden"],
  ["a private store", store("private"), "fetch", "sign-in hidden serve hidden serve"],
  ["a private store", store("private"), "push", "sign-in hidden forbidden hidden forbidden"],
  ["control", control, "fetch", "sign-in forbidden forbidden forbidden serve"],
  ["control", control, "push", "sign-in forbidden forbidden forbidden serve"],
  ["the log", log("public"), "fetch", "serve serve serve serve serve"],
  [
    "a log with private names",
    log("private"),
    "fetch",
    "sign-in forbidden forbidden forbidden serve",
  ],
  ["the log", log("public"), "push", "sign-in forbidden forbidden forbidden forbidden"],
];

describe("git", () => {
  it.each(TABLE)("%s answers each actor as the table says", (_what, repo, verb, expected) => {
    const service = verb === "push" ? "git-receive-pack" : "git-upload-pack";
    const answers = ACTORS.map((actor) => judgeAdmission(actor, repo, service));
    expect(answers.join(" ")).toBe(expected);
  });
});
