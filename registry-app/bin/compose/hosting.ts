import { existsSync } from "node:fs";
import { record } from "../../src/audit/index.ts";
import { skillJsonPath } from "../../src/catalog/index.ts";
import { judgeControlPush, proposalName } from "../../src/control/index.ts";
import { transaction } from "../../src/db/index.ts";
import { createGitHost, installHooks, type PushJudge } from "../../src/git/index.ts";
import type { HostedRepo, Hosting } from "../../src/http/index.ts";
import { actorName, type Actor } from "../../src/people/index.ts";
import {
  createPushJudge,
  findSkillAccess,
  storeDir,
  type PushDeps,
} from "../../src/publish/index.ts";
import { syncSource } from "../../src/queue/index.ts";
import { findSourceBySlug, sourceRepo } from "../../src/sources/index.ts";
import type { Core } from "./open-core.ts";

/** The repos below `/git/`: sources that are pushed to, the control repo, the log, and the consumers' stores. */
export async function createHosting(core: Core, publicUrl: () => string): Promise<Hosting> {
  const { db, paths, log, shutdown } = core;
  await installHooks(paths.hooks);
  const host = createGitHost({ log, clock: core.clock, hooksDir: paths.hooks });
  shutdown.onStop("git hosting", () => host.stop(5_000));
  return { host, find: (repo) => findRepo(core, publicUrl, repo) };

  async function findRepo(
    from: Core,
    url: () => string,
    repo: string,
  ): Promise<HostedRepo | undefined> {
    const name = repo.replace(/\.git$/, "");
    if (name === "control")
      return {
        kind: "control",
        repoDir: paths.control,
        judgeFor: (actor) => createControlJudge(from, actor),
      };
    if (name === "log") return findLog(from);
    const [store, team, skill] = name.split("/");
    if (store === "s" && team !== undefined && skill !== undefined)
      return findStore(from, team, skill);
    const source = await findSourceBySlug(db, name);
    if (source === undefined || source.kind !== "hosted") return undefined;
    await from.law();
    return {
      kind: "source",
      subject: source,
      repoDir: sourceRepo(paths.git, source).dir,
      judgeFor: () => createPushJudge(pushDeps(from, url()), source),
    };
  }
}

function pushDeps(core: Core, publicUrl: string): PushDeps {
  const { db, readers, cache, verifier, law, clock, ids, log, queue, paths, changelog } = core;
  const onPushed: PushDeps["onPushed"] = (tx, sourceId) =>
    queue.enqueue(tx, syncSource, { sourceId });
  return {
    db,
    changelog,
    readers,
    cache,
    verifier,
    law,
    clock,
    ids,
    log,
    gitHome: paths.git,
    publicUrl,
    onPushed,
  };
}

/** Every line names a source and a tag, so of a registry with private sources the log is for its admins. */
async function findLog({ law, paths }: Core): Promise<HostedRepo> {
  await law();
  const visibility = existsSync(paths.logIsPrivate) ? "private" : "public";
  return { kind: "log", subject: { teamId: "", visibility, isDemo: false }, repoDir: paths.log };
}

/** A public store is found without the database, so that consumers clone while it is down. */
async function findStore(core: Core, team: string, skill: string): Promise<HostedRepo | undefined> {
  const repoDir = storeDir(core.paths.git, team, skill);
  const isPublic = (await core.publicFiles.read(skillJsonPath(team, skill))) !== undefined;
  if (isPublic)
    return { kind: "store", subject: { teamId: "", visibility: "public", isDemo: false }, repoDir };
  const subject = await findSkillAccess(core.db, team, skill);
  return subject && { kind: "store", subject, repoDir };
}

function createControlJudge(core: Core, actor: Actor): PushJudge {
  const { readers, paths, law, lawMemory, control, db, clock } = core;
  const absent = /^0+$/;
  const oid = (text: string) => (absent.test(text) ? null : text);
  return {
    begin: async () => ({ kind: "go" }),
    judge: async (update) => {
      const remembered = await lawMemory.recall();
      const push = {
        seen: remembered === undefined ? [] : [remembered.head, remembered.commit],
        current: await control.current(),
        repoDir: paths.control,
        homeDir: paths.home,
        ref: update.ref,
        oldOid: oid(update.old),
        newOid: oid(update.new),
      };
      return judgeControlPush({ readers }, push);
    },
    end: async (results) => {
      const pushed = results.filter(({ accepted }) => accepted);
      await transaction(db, async (tx) => {
        for (const { ref, new: commit } of pushed) {
          const name = proposalName(ref);
          await record(tx, {
            actor: actorName(actor),
            action: name === undefined ? "control.push" : "control.propose",
            subject: name === undefined ? "control" : `proposal:${name}`,
            detail: { commit },
            at: clock.now(),
          });
        }
      });
      await law();
    },
  };
}
