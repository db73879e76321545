import { describe, expect, it } from "vitest";
import { formatPublicKey, generateEd25519 } from "../keys/index.ts";
import { eyesOf, type Known, parseControl, planLaw, toTold, viewLaw } from "./index.ts";

const lineOf = () => formatPublicKey(generateEd25519().publicKey);
const rootKey = lineOf();
const files = {
  "registry.yaml": "name: Acme\n",
  "teams/open.yaml": "signers: [ann@open.org]\n",
  "teams/hush.yaml": "name: Hush hush\nsigners: [hugo@hush.org]\n",
  "teams/both.yaml": "signers: [bea@both.org]\n",
  "sources/shown.yaml": "team: open\nhosted: true\nvisibility: public\n",
  "sources/hidden.yaml":
    "team: hush\nurl: https://git.hush.org/hidden.git\nsigners: [henk@hush.org]\n",
  "sources/both-shown.yaml": "team: both\nhosted: true\nvisibility: public\n",
  "sources/both-hidden.yaml": "team: both\nhosted: true\nsigners: [hal@hush.org]\n",
  "trust/allowed_signers": [
    `ann@open.org ${lineOf()}`,
    `hugo@hush.org ${lineOf()}`,
    `henk@hush.org ${lineOf()}`,
    `bea@both.org ${lineOf()}`,
    `hal@hush.org ${lineOf()}`,
    `*@hush.org cert-authority ${lineOf()}`,
    "",
  ].join("\n"),
  "trust/revoked.yaml":
    "principals:\n  - {principal: ann@open.org, reason: went away, kind: superseded}\n  - {principal: hugo@hush.org, reason: hush reason, kind: superseded}\n",
  "yanks/a.yaml": "skill: open/shown-skill\nversion: 1.0.0\nreason: bad\n",
  "yanks/b.yaml": "skill: hush/hidden-skill\nversion: 1.0.0\nreason: hush reason\n",
};
const parsed = parseControl(
  new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
);
if (parsed.kind === "broken") throw new Error(JSON.stringify(parsed.problems));
const law = { ...parsed.snapshot, commit: "c".repeat(40) };
const root = { version: 1, threshold: 1, principals: [{ name: "assay", publicKey: rootKey }] };
const alarm = "commit x is broken: sources/hidden.yaml:3: something hush";
const current = { snapshot: parsed.snapshot, commit: law.commit, root, isPutBack: false, alarm };
const nobody: Known = {
  isEverything: false,
  teams: new Set(),
  skills: new Set(["open/shown-skill"]),
  principals: new Set(),
  keys: new Set(),
};
const plan = planLaw(undefined, { law, root });
const seenBy = (known: Known) => {
  const eyes = eyesOf(law, known);
  const changes = plan.filter(({ about }) => eyes(about)).map(toTold);
  return { view: viewLaw(law, current, plan, eyes, known.isEverything), changes };
};
const SECRETS = /hush|hidden|hugo|henk|hal@/i;

describe("what the law shows", () => {
  it("to an outsider is public sources, their teams, those teams' signers, and no word of the rest", () => {
    const { view, changes } = seenBy(nobody);
    expect(JSON.stringify({ view, changes })).not.toMatch(SECRETS);
    expect(view.sources.map(({ slug }) => slug)).toEqual(["both-shown", "shown"]);
    expect(view.teams.map(({ slug }) => slug)).toEqual(["both", "open"]);
    expect(view.signers.flatMap(({ principals }) => principals)).toEqual([
      "ann@open.org",
      "bea@both.org",
    ]);
    expect(view.yanks.map(({ skill }) => skill)).toEqual(["open/shown-skill"]);
    expect(view.revoked.map(({ subject }) => subject)).toEqual(["principal ann@open.org"]);
  });

  it("of an alarm to an outsider is that there is one", () => {
    const { view } = seenBy(nobody);
    expect([view.state, view.alarm]).toEqual([
      "refused",
      "The newest commit of the control repo is not in force; the law stays as it is shown here.",
    ]);
  });

  it("to a member is what their own team has beside that", () => {
    const { view } = seenBy({ ...nobody, teams: new Set(["both"]) });
    expect(view.sources.map(({ slug }) => slug)).toEqual(["both-hidden", "both-shown", "shown"]);
    expect(JSON.stringify(view)).not.toMatch(/hugo|henk|hush\/hidden-skill/);
    expect(view.signers.flatMap(({ principals }) => principals)).toContain("hal@hush.org");
  });

  it("to an admin is everything, alarm and all", () => {
    const { view, changes } = seenBy({ ...nobody, isEverything: true });
    expect([view.sources.length, view.alarm, changes.length]).toEqual([4, alarm, plan.length]);
  });

  it("of a source that was private before is nothing of that time", () => {
    const before = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
    before.set("sources/shown.yaml", Buffer.from("team: open\nhosted: true\nbranch: old\n"));
    const earlier = parseControl(before);
    if (earlier.kind === "broken") throw new Error("broken");
    const eyes = eyesOf(law, nobody);
    const changes = planLaw({ law: earlier.snapshot, root }, { law, root });
    expect(changes).toHaveLength(2);
    expect(changes.filter(({ about }) => eyes(about))).toEqual([]);
  });

  it("of the policy is sentences", () => {
    expect(seenBy(nobody).view.policy).toContain(
      "Scan counts where it has run: block refuses; warn, incomplete, and errored hold.",
    );
  });
});
