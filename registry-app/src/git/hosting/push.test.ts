import { appendFile, chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { git, judgeOf, serveRepos, type HostedRepos } from "../../../test/git-hosting.ts";
import type { HostLimits, ProposedRef, PushedRef, PushJudge } from "./types.ts";

// Real pushes on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let repos: HostedRepos | undefined;
afterEach(async () => {
  await repos?.close();
  repos = undefined;
});

async function begin(judge: PushJudge | "judging off", limits: Partial<HostLimits> = {}) {
  repos = await serveRepos({ onPush: () => judge, limits });
  const url = await repos.makeBare("acme.git");
  const work = await repos.makeWork("acme", url);
  const bare = join(repos.root, "bare", "acme.git");
  const refsThere = async () => {
    const { stdout } = await git(bare, "for-each-ref", "--format=%(refname)");
    return stdout.split("\n").filter((ref) => ref !== "");
  };
  return { repos, url, work, bare, refsThere };
}

const never = () => new Promise<never>(() => undefined);

/** A judge that keeps what it was told and refuses refs by name. */
function recording(refusals: Record<string, string> = {}, parts: Partial<PushJudge> = {}) {
  const seen = { begun: [] as ProposedRef[], judged: [] as string[], ended: [] as PushedRef[][] };
  const judge = judgeOf({
    begin: async (refs) => {
      seen.begun.push(...refs);
      return { kind: "go" };
    },
    judge: async (update) => {
      seen.judged.push(update.ref);
      const message = refusals[update.ref];
      return message === undefined ? { kind: "accept" } : { kind: "refuse", message };
    },
    end: async (results) => void seen.ended.push([...results]),
    ...parts,
  });
  return { judge, seen };
}

describe("a push", () => {
  it("keeps a branch and a good tag when its neighbour is refused, and tells why", async () => {
    const { judge, seen } = recording({
      "refs/tags/bad--v1.0.0": "UNSIGNED: sign it\n  git tag -s",
    });
    const { work, refsThere, repos } = await begin(judge);
    await git(work, "tag", "-a", "-m", "x", "bad--v1.0.0");
    await git(work, "tag", "-a", "-m", "x", "good--v1.0.0");
    const pushed = await git(work, "push", "origin", "main", "--tags");
    await repos.idle();
    expect(pushed.code).toBe(1);
    expect(pushed.stderr).toContain("remote: UNSIGNED: sign it");
    expect(pushed.stderr).toContain("remote:   git tag -s");
    expect(pushed.stderr).toMatch(/remote rejected\].*bad--v1.0.0.*hook declined/);
    expect(await refsThere()).toEqual(["refs/heads/main", "refs/tags/good--v1.0.0"]);
    expect(seen.begun.map((one) => one.ref).sort()).toEqual(seen.judged.toSorted());
    expect(seen.ended).toHaveLength(1);
    expect(seen.ended[0]?.filter((one) => one.accepted).map((one) => one.ref)).toEqual([
      "refs/heads/main",
      "refs/tags/good--v1.0.0",
    ]);
  });

  it("prints what an accepted ref's verdict says", async () => {
    const { work } = await begin(
      judgeOf({ judge: async () => ({ kind: "accept", message: "ACCEPTED watch it" }) }),
    );
    const pushed = await git(work, "push", "origin", "main");
    expect(pushed).toMatchObject({ code: 0 });
    expect(pushed.stderr).toContain("remote: ACCEPTED watch it");
  });

  it("lets the judge read its objects in quarantine before any ref exists", async () => {
    const types: string[] = [];
    const { work, bare } = await begin(
      judgeOf({
        begin: async (refs, quarantine) => {
          const { execFileSync } = await import("node:child_process");
          const oid = refs[0]?.new ?? "";
          const env = { PATH: process.env["PATH"], ...quarantine };
          const out = execFileSync("git", ["-C", bare, "cat-file", "-t", oid], { env });
          types.push(out.toString().trim());
          return { kind: "refuse", message: "enough seen" };
        },
      }),
    );
    await git(work, "push", "origin", "main");
    expect(types).toEqual(["commit"]);
  });

  it("is refused as a whole by begin, with its words and nothing kept", async () => {
    const { judge, seen } = recording(
      {},
      {
        begin: async () => ({ kind: "refuse", message: "Not today.\nCome back." }),
      },
    );
    const { work, refsThere, repos } = await begin(judge);
    const pushed = await git(work, "push", "origin", "main");
    await repos.idle();
    expect(pushed.stderr).toContain("remote: Not today.");
    expect(pushed.stderr).toContain("pre-receive hook declined");
    expect(await refsThere()).toEqual([]);
    expect(seen.judged).toEqual([]);
    expect(seen.ended[0]?.map((one) => one.accepted)).toEqual([false]);
  });

  it("never rewrites or deletes a branch, and never moves or deletes a tag, whatever the judge says", async () => {
    const { judge, seen } = recording();
    const { work, bare, repos } = await begin(judge);
    await git(work, "tag", "-a", "-m", "x", "a--v1.0.0");
    await git(work, "push", "origin", "main", "--tags", "main:side");
    const refs = (await git(bare, "for-each-ref")).stdout;
    await git(work, "commit", "-q", "--amend", "--allow-empty", "-m", "feat: other");
    await git(work, "tag", "-f", "-a", "-m", "y", "a--v1.0.0");
    const forced = await git(work, "push", "-f", "origin", "main", "a--v1.0.0");
    expect(forced.stderr).toContain("non-fast-forward");
    expect(forced.stderr).toContain("Tags never move");
    const deleted = await git(work, "push", "origin", ":side", ":a--v1.0.0");
    expect(deleted.stderr).toContain("deletion prohibited");
    expect(deleted.stderr).toContain("Tags are never deleted");
    await repos.idle();
    expect((await git(bare, "for-each-ref")).stdout).toBe(refs);
    expect(
      seen.ended
        .slice(1)
        .flat()
        .filter((one) => one.accepted),
    ).toEqual([]);
  });

  it("reaches branches and tags only", async () => {
    const { judge, seen } = recording();
    const { work, bare, refsThere } = await begin(judge);
    await git(work, "push", "origin", "main");
    await git(bare, "update-ref", "refs/published/x", "refs/heads/main");
    const pushed = await git(work, "push", "origin", "main:refs/notes/x", "main:refs/published/y");
    expect(pushed.code).toBe(1);
    expect(pushed.stderr).toContain("hidden ref");
    expect((await git(work, "ls-remote", "origin")).stdout).not.toContain("refs/published");
    expect(await refsThere()).toEqual(["refs/heads/main", "refs/published/x"]);
    expect(seen.judged).toEqual(["refs/heads/main"]);
  });

  it("that is judged by one who throws loses that ref only and says to push again", async () => {
    const { judge, seen } = recording(
      {},
      {
        judge: async ({ ref }) => {
          if (ref.startsWith("refs/tags/")) throw new Error("the database is away");
          return { kind: "accept" };
        },
      },
    );
    const { work, refsThere, repos } = await begin(judge);
    await git(work, "tag", "-a", "-m", "x", "a--v1.0.0");
    const pushed = await git(work, "push", "origin", "main", "--tags");
    await repos.idle();
    expect(pushed.stderr).toContain("remote: Assay could not judge this tag; push again.");
    expect(pushed.stderr).not.toContain("database");
    expect(await refsThere()).toEqual(["refs/heads/main"]);
    expect(seen.ended[0]?.map((one) => one.accepted)).toEqual([true, false]);
    expect(repos.log.some((line) => line["level"] === "error")).toBe(true);
  });

  it("whose judge takes too long, in begin or for a ref, is refused in time", async () => {
    const { work, repos } = await begin(judgeOf({ judge: never }), { judgeTimeoutMs: 50 });
    const slowRef = await git(work, "push", "origin", "main");
    expect(slowRef.stderr).toContain("Assay could not judge this branch; push again.");
    await repos.close();
    const { work: again } = await begin(judgeOf({ begin: never }), { judgeTimeoutMs: 50 });
    const slowPush = await git(again, "push", "origin", "main");
    expect(slowPush.stderr).toContain("Assay could not judge this push; push again.");
  });

  it("is reported as not accepted when git drops a ref that the judge had let in", async () => {
    const { judge, seen } = recording({ "refs/heads/side": "no" });
    const { work, repos, refsThere } = await begin(judge);
    await git(work, "push", "--atomic", "origin", "main", "main:side");
    await repos.idle();
    expect(await refsThere()).toEqual([]);
    expect(seen.ended[0]?.map((one) => one.accepted)).toEqual([false, false]);
  });

  it("is not taken when a hook is missing or cannot be run", async () => {
    for (const hook of ["pre-receive", "update"]) {
      const { work, repos, refsThere } = await begin(judgeOf());
      await chmod(join(repos.root, "hooks", hook), 0o644);
      const pushed = await git(work, "push", "origin", "main");
      expect(pushed.stderr).toContain("HTTP 500");
      expect(await refsThere()).toEqual([]);
      await repos.close();
    }
  });

  it("cannot send escape sequences to a terminal through a message", async () => {
    const message =
      "evil \u001b]0;owned\u0007\u001b[31mred\u009b2J \u202egnp.exe\rback\n\u001b[2Jnext";
    const { work } = await begin(judgeOf({ judge: async () => ({ kind: "refuse", message }) }));
    const { stderr } = await git(work, "push", "origin", "main");
    expect(stderr).toContain("remote: evil ]0;owned[31mred2J gnp.exeback");
    for (const bad of ["\u001b", "\u0007", "\u009b", "\u202e"]) expect(stderr).not.toContain(bad);
  });

  it("keeps odd ref names apart and hands them over as they are", async () => {
    const names = ["a--v1.0.0;rm", "$(x)`y`", "%s%n", "é\u{1F600}", "-dash", "'\"", "|x", "accept"];
    const { judge, seen } = recording();
    const { work, repos } = await begin(judge);
    for (const name of names) await git(work, "update-ref", `refs/tags/${name}`, "HEAD");
    const pushed = await git(work, "push", "origin", "refs/tags/*:refs/tags/*");
    await repos.idle();
    expect(pushed).toMatchObject({ code: 0 });
    expect(
      seen.ended[0]
        ?.filter((one) => one.accepted)
        .map((one) => one.ref)
        .sort(),
    ).toEqual(names.map((name) => `refs/tags/${name}`).sort());
  });

  it("of more bytes than allowed is stopped and says so, chunked as it comes", async () => {
    const { judge, seen } = recording();
    const { work, refsThere } = await begin(judge, { pushMaxBytes: 1 << 20 });
    const { randomBytes } = await import("node:crypto");
    await writeFile(join(work, "big"), randomBytes(12 << 20));
    await git(work, "add", "big");
    await git(work, "commit", "-q", "-m", "feat: big");
    const pushed = await git(work, "push", "origin", "main");
    expect(pushed.code).toBe(1);
    expect(pushed.stderr).toContain("remote: fatal: pack exceeds maximum allowed size");
    expect(pushed.stderr).not.toContain("RPC failed");
    expect(await refsThere()).toEqual([]);
    expect(seen.begun).toEqual([]);
  });

  it("of more refs than allowed is stopped and says so", async () => {
    const { work, refsThere } = await begin(judgeOf(), { pushMaxRefs: 5 });
    for (let n = 0; n < 6; n += 1) await git(work, "tag", `t${n}`);
    const pushed = await git(work, "push", "origin", "--tags");
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain("This push names too many refs at once");
    expect(await refsThere()).toEqual([]);
  });

  it("larger than git's post buffer arrives chunked and whole", async () => {
    const { work, refsThere } = await begin(judgeOf());
    const { randomBytes } = await import("node:crypto");
    await writeFile(join(work, "big"), randomBytes(3 << 20));
    await git(work, "add", "big");
    await git(work, "commit", "-q", "-m", "feat: big");
    await appendFile(join(work, "big"), "x");
    expect(await git(work, "push", "origin", "main")).toMatchObject({ code: 0 });
    expect(await refsThere()).toEqual(["refs/heads/main"]);
  });

  it("to each of 20 repositories at once ends in 20 verdicts", async () => {
    const ended: string[] = [];
    repos = await serveRepos({
      onPush: (repo) => judgeOf({ end: async () => void ended.push(repo) }),
      limits: { receivesAtOnce: 4 },
    });
    const served = repos;
    const works = await Promise.all(
      Array.from({ length: 20 }, async (_, n) =>
        served.makeWork(`r${n}`, await served.makeBare(`r${n}.git`)),
      ),
    );
    const pushes = await Promise.all(works.map((work) => git(work, "push", "origin", "main")));
    await served.idle();
    expect(pushes.map((one) => one.code)).toEqual(works.map(() => 0));
    expect(new Set(ended).size).toBe(20);
  });
});
