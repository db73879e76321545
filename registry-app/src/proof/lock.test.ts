import { describe, expect, it } from "vitest";
import { formatPublicKey, generateEd25519 } from "../keys/index.ts";
import { checkEvidence } from "./check-evidence.ts";
import {
  createTinyLog,
  depsWith,
  evidenceFrom,
  publishedLog,
  acceptedLine,
  decidedLine,
  registry,
  standingLine,
  type TinyLog,
} from "./evidence.test-kit.ts";
import {
  EMPTY_LOCK,
  evidenceOf,
  findRollback,
  formatLock,
  parseLock,
  withNews,
  type News,
} from "./lock.ts";
import { chooseKeys, findCheckpointFault } from "./registry-keys.ts";

const URL = "https://skills.example";
const key = formatPublicKey(registry.publicKey);
const other = formatPublicKey(generateEd25519().publicKey);
const keysOf = new Set([registry.publicKey.fingerprint]);

async function newsOf(log: TinyLog, standing: number | null = null): Promise<News> {
  const evidence = evidenceFrom(log, standing);
  const check = await checkEvidence(depsWith(), evidence);
  if (check.kind === "unproven") throw new Error(JSON.stringify(check.faults));
  return {
    registry: URL,
    keys: [key],
    evidence,
    proven: check.proven,
    checkpoint: log.checkpoint(),
  };
}
const says = async (lock: Parameters<typeof findRollback>[0], news: Promise<News>) =>
  findRollback(lock, await news).map((fault) => fault.says);

describe("the lock file", () => {
  it("gives the evidence back as it was proven, and reads what it writes", async () => {
    const news = await newsOf(publishedLog());
    const lock = withNews(EMPTY_LOCK, news);
    const read = parseLock(formatLock(lock));
    expect(read).toEqual({ kind: "lock", lock });
    const locked = lock.skills["acme/deploy"];
    expect(locked && evidenceOf("acme/deploy", locked)).toEqual(news.evidence);
  });

  it("is the same text whatever the order in which things were learned", async () => {
    const news = await newsOf(publishedLog());
    const far = { ...news, registry: "https://a.example" };
    const named = { ...far, evidence: { ...news.evidence, coordinate: "zeta/deploy@1.0.0" } };
    const one = withNews(withNews(EMPTY_LOCK, news), named);
    const two = withNews(withNews(EMPTY_LOCK, named), news);
    expect(formatLock(one)).toBe(formatLock(two));
  });

  it.each([
    "",
    "[]",
    "{}",
    '{"lockVersion":2,"registries":{},"skills":{}}',
    '{"lockVersion":1,"registries":{},"skills":{},"more":1}',
  ])("is refused when it is %j", (text) => {
    expect(parseLock(text).kind).toBe("bad");
  });
});

describe("what was seen before is not taken back:", () => {
  it("a log that has grown is news, and the same one as well", async () => {
    const log = publishedLog();
    const lock = withNews(EMPTY_LOCK, await newsOf(log));
    expect(await says(lock, newsOf(log))).toEqual([]);
    log.add(["more"]);
    expect(await says(lock, newsOf(log))).toEqual([]);
  });

  it("a shorter log is refused", async () => {
    const grown = publishedLog();
    grown.add(["more"]);
    const lock = withNews(EMPTY_LOCK, await newsOf(grown));
    expect(await says(lock, newsOf(publishedLog()))).toEqual([
      expect.stringContaining("a log never shrinks"),
    ]);
  });

  it("another log of the same size is refused", async () => {
    const lock = withNews(EMPTY_LOCK, await newsOf(publishedLog()));
    const forked = createTinyLog();
    forked.add(["OTHER 1", acceptedLine(), "other 2", decidedLine(), "other 3"]);
    forked.add(["other 4"]);
    expect(await says(lock, newsOf(forked))).toEqual([expect.stringContaining("another log of 6")]);
  });

  it("evidence of before a yank is refused, beside a checkpoint of now", async () => {
    const log = publishedLog();
    log.add([standingLine("yanked")]);
    const lock = withNews(EMPTY_LOCK, await newsOf(log, 7));
    expect(await says(lock, newsOf(log))).toEqual([expect.stringContaining("an older one")]);
  });

  it("evidence that speaks of more lines than the checkpoint is refused", async () => {
    const log = publishedLog();
    const old = log.checkpoint();
    log.add([standingLine("yanked")]);
    const news = { ...(await newsOf(log, 7)), checkpoint: old };
    expect(findRollback(EMPTY_LOCK, news)).toHaveLength(1);
  });

  it("another digest or tag object for the same version is refused", async () => {
    const news = await newsOf(publishedLog());
    const lock = withNews(EMPTY_LOCK, news);
    const changed = (change: object) =>
      findRollback(lock, { ...news, evidence: { ...news.evidence, ...change } });
    expect(changed({ digest: "s1:x" })).toHaveLength(1);
    expect(changed({ tag: { ...news.evidence.tag, oid: "f".repeat(40) } })).toHaveLength(1);
    expect(changed({ digest: "s1:x", coordinate: "acme/deploy@1.1.0" })).toEqual([]);
  });
});

describe("the registry's key", () => {
  const pinned = { keys: [key], log: { size: 1, chain: "0".repeat(64), commit: "" } };

  it("is believed at first use, and pinned from then on", () => {
    expect(chooseKeys(undefined, undefined, `${key} registry`)).toMatchObject({
      kind: "keys",
      keys: [key],
      isFirstUse: true,
    });
    expect(chooseKeys(pinned, undefined, key)).toMatchObject({ kind: "keys", isFirstUse: false });
    expect(chooseKeys(pinned, undefined, other).kind).toBe("refused");
  });

  it("changes by a person's hand only, and beside the old one", () => {
    expect(chooseKeys(undefined, [key], other).kind).toBe("refused");
    expect(chooseKeys(pinned, [other], other).kind).toBe("refused");
    expect(chooseKeys(pinned, [key, other], other)).toMatchObject({
      kind: "keys",
      isFirstUse: false,
    });
  });

  it("has signed the size that the registry names", () => {
    const { verifier } = depsWith();
    const checkpoint = publishedLog().checkpoint();
    expect(findCheckpointFault(verifier, keysOf, checkpoint)).toBeUndefined();
    expect(findCheckpointFault(verifier, keysOf, { ...checkpoint, size: 7 })).toBeDefined();
    expect(findCheckpointFault(verifier, new Set(["SHA256:x"]), checkpoint)).toBeDefined();
    expect(findCheckpointFault(verifier, keysOf, { ...checkpoint, commit: "AAAA" })).toBeDefined();
  });
});
