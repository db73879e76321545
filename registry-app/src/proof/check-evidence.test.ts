import { describe, expect, it } from "vitest";
import { formatPublicKey, generateEd25519 } from "../keys/index.ts";
import { checkEvidence } from "./check-evidence.ts";
import type { Evidence } from "./evidence.ts";
import {
  acceptedLine,
  ANN,
  ann,
  createTinyLog,
  decidedLine,
  depsWith,
  evidenceFrom,
  publishedLog,
  signCommit,
  signersOf,
  signTag,
  standingLine,
} from "./evidence.test-kit.ts";

const eve = generateEd25519();
const annKey = formatPublicKey(ann.publicKey);

const faultsOf = async (evidence: Evidence, deps = depsWith()) => {
  const check = await checkEvidence(deps, evidence);
  return check.kind === "proven" ? [] : check.faults.map(({ check: of, says }) => `${of}: ${says}`);
};
const changeLog = (evidence: Evidence, change: Partial<Evidence["log"]>): Evidence => ({
  ...evidence,
  log: { ...evidence.log, ...change },
});

describe("the evidence of a version", () => {
  it("is proven by the registry's key, the tag's signature and the files alone", async () => {
    const check = await checkEvidence(depsWith(), evidenceFrom(publishedLog()));
    expect(check).toMatchObject({
      kind: "proven",
      proven: {
        state: "published",
        signer: { principal: ANN, key: ann.publicKey.fingerprint },
        newestLine: 4,
        provenSize: 5,
      },
    });
  });

  it("shows no line of anybody else", () => {
    expect(JSON.stringify(evidenceFrom(publishedLog()))).not.toContain("other");
  });

  it("tells of a yank, and of its being taken back, by the line that says so", async () => {
    const log = publishedLog();
    log.add([standingLine("yanked"), standingLine("published")]);
    const yanked = await checkEvidence(depsWith(), evidenceFrom(log, 7));
    expect(yanked).toMatchObject({ proven: { state: "yanked", reason: "broken", newestLine: 7 } });
    const again = await checkEvidence(depsWith(), evidenceFrom(log, 8));
    expect(again).toMatchObject({ proven: { state: "published", reason: "" } });
  });

  it("of a version in quarantine needs neither tag object nor files, and of no other", async () => {
    const log = publishedLog();
    log.add([standingLine("quarantined")]);
    const bare = (standing: number | null): Evidence => {
      const evidence = evidenceFrom(log, standing);
      return { ...evidence, tag: { ...evidence.tag, object: null }, files: [] };
    };
    expect(await checkEvidence(depsWith(), bare(7))).toMatchObject({
      proven: { state: "quarantined" },
    });
    expect(await faultsOf(bare(null))).toEqual([expect.stringContaining("no tag object")]);
  });
});

describe("evidence that somebody has changed is not believed:", () => {
  const good = () => evidenceFrom(publishedLog());
  const editLine = (edit: (text: string) => string) => {
    const { accepted } = good().log;
    return changeLog(good(), { accepted: { ...accepted, text: edit(accepted.text) } });
  };
  const editCommit = (from: string, to: string) => {
    const { accepted } = good().log;
    const bytes = Buffer.from(accepted.commit, "base64").toString("latin1").replace(from, to);
    const commit = Buffer.from(bytes, "latin1").toString("base64");
    return changeLog(good(), { accepted: { ...accepted, commit } });
  };

  it.each<[string, () => Evidence, RegExp]>([
    [
      "a line with another signer",
      () => editLine((text) => text.replace(ANN, "eve@x.test")),
      /^log: .*not among/,
    ],
    [
      "a line in another place",
      () => {
        const { accepted } = good().log;
        return changeLog(good(), { accepted: { ...accepted, line: 3 } });
      },
      /^log: .*not among/,
    ],
    [
      "a line beyond the end",
      () => {
        const { accepted } = good().log;
        return changeLog(good(), { accepted: { ...accepted, line: 99 } });
      },
      /^log: .*not among/,
    ],
    [
      "a shorter path",
      () => {
        const { accepted } = good().log;
        return changeLog(good(), { accepted: { ...accepted, path: accepted.path.slice(1) } });
      },
      /^log: .*not among/,
    ],
    [
      "a longer path",
      () => {
        const { accepted } = good().log;
        const path = [...accepted.path, "0".repeat(64)];
        return changeLog(good(), { accepted: { ...accepted, path } });
      },
      /^log: .*not among/,
    ],
    [
      "a commit with another size",
      () => editCommit("Log-Size: 5", "Log-Size: 6"),
      /signature does not hold/,
    ],
    ["a commit without its signature", () => editCommit("gpgsig", "xgpgsig"), /not signed/],
    ["another list of files", () => ({ ...good(), files: good().files.slice(1) }), /^digest: /],
    [
      "a file with a path that no archive holds",
      () => ({
        ...good(),
        files: [...good().files, { path: "../evil", mode: "100644", sha256: "0".repeat(64) }],
      }),
      /^digest: /,
    ],
    ["another digest", () => ({ ...good(), digest: `s1:${"A".repeat(43)}=` }), /its digest is/],
    ["another commit", () => ({ ...good(), commit: "e".repeat(40) }), /its commit is/],
    [
      "another coordinate",
      () => ({ ...good(), coordinate: "acme/other@1.0.0" }),
      /its coordinate is/,
    ],
    [
      "another tag object under its id",
      () => ({
        ...good(),
        tag: { ...good().tag, object: signTag("deploy--v1.0.0", eve).object },
      }),
      /^tag: The tag object is not/,
    ],
    [
      "another tag object with its own id",
      () => ({ ...good(), tag: signTag("deploy--v1.0.0", eve) }),
      /^tag: The tag object is not/,
    ],
    [
      "decision and acceptance swapped",
      () => {
        const { accepted, decided } = good().log;
        return changeLog(good(), { accepted: decided, decided: accepted });
      },
      /is a line of the kind/,
    ],
  ])("%s", async (_what, make, says) => {
    expect(await faultsOf(make())).toContainEqual(expect.stringMatching(says));
  });

  it("a log that another key has signed, whatever it says", async () => {
    const log = createTinyLog();
    log.add(["x", acceptedLine(), "y", decidedLine()], { by: eve });
    const faults = await faultsOf(evidenceFrom(log));
    expect(faults).toHaveLength(2);
    expect(faults[0]).toContain("registry: Line 2");
    expect(faults[0]).toContain(eve.publicKey.fingerprint);
  });

  it("another commit that the registry's own key may have signed", async () => {
    const { accepted } = good().log;
    const commit = signCommit(ann, "log: 1 entry, 1 in all\n");
    const signed = changeLog(good(), { accepted: { ...accepted, commit } });
    expect(await faultsOf(signed)).toEqual([expect.stringContaining("not that of a checkpoint")]);
  });

  it.each<[string, string, string, Partial<Evidence>]>([
    [
      "a tag that is signed with another key than the line names",
      acceptedLine({ signer: { principal: ANN, key: eve.publicKey.fingerprint } }),
      decidedLine(),
      {},
    ],
    [
      "a tag that points elsewhere than the line says",
      acceptedLine({ commit: "e".repeat(40) }),
      decidedLine(),
      { commit: "e".repeat(40) },
    ],
    [
      "a tag of another version",
      acceptedLine({ coordinate: "acme/deploy@2.0.0" }),
      decidedLine({ coordinate: "acme/deploy@2.0.0" }),
      { coordinate: "acme/deploy@2.0.0" },
    ],
    ["a version that was held", acceptedLine(), decidedLine({ decision: "hold" }), {}],
  ])("%s, even in a log that holds", async (_what, accepted, decided, change) => {
    const log = createTinyLog();
    log.add(["x", accepted, "y", decided]);
    expect(await faultsOf({ ...evidenceFrom(log), ...change })).toHaveLength(1);
  });
});

describe("the consumer's own allowed signers", () => {
  const evidence = evidenceFrom(publishedLog());
  it.each([
    ["has the key for the signer", [`${ANN} ${annKey}`], []],
    ["had it when the tag was first seen", [`${ANN} valid-before="20260601Z" ${annKey}`], []],
    ["has it from later on only", [`${ANN} valid-after="20260601Z" ${annKey}`], ["not-yet-valid"]],
    ["had it before that time only", [`${ANN} valid-before="20250601Z" ${annKey}`], ["expired"]],
    ["has it for somebody else", [`eve@example.test ${annKey}`], ["eve@example.test's"]],
    ["has it for another purpose", [`${ANN} namespaces="file" ${annKey}`], ["other-namespace"]],
    ["does not have it", [], ["unknown"]],
  ])("decide, by a line that %s", async (_what, lines, says) => {
    const faults = await faultsOf(evidence, depsWith({ allowedSigners: signersOf(...lines) }));
    expect(faults).toEqual(says.map((part) => expect.stringContaining(part)));
  });
});
