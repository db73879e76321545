import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openCore, type Core } from "../bin/compose/open-core.ts";
import { readOrMakeKey, signWith } from "../bin/compose/registry-key.ts";
import { syncDeps } from "../bin/compose/sync-deps.ts";
import { addSigner, addSource, addTeam, proposeChange } from "../src/control/index.ts";
import { formatPublicKey, generateEd25519 } from "../src/keys/index.ts";
import { findUser } from "../src/people/index.ts";
import { admitTags, createRegistryLog, type AdmitDeps } from "../src/publish/index.ts";
import * as queue from "../src/queue/index.ts";
import { createLog, createShutdown, readConfig } from "../src/runtime/index.ts";
import { findSourceBySlug, syncSource } from "../src/sources/index.ts";
import {
  readAllObjects,
  readVersions,
  verifyBySpawning,
  verifyInProcess,
  verifyRaw,
} from "./anchors.ts";
import { makeSource, type SourceWish } from "./make-source.ts";
import { perSecond, print, round, rssMb, time } from "./measure.ts";

/**
 * How fast a source that is met for the first time becomes candidate rows, beside what git alone takes to read the
 * same repo and to verify the same tags. One JSON line a figure; compare within one run only.
 *
 * Usage: node registry-app/bench/sync.ts [--skills 1000] [--versions 5] [--seed 1] [--sample 200] [--keep]
 */
const { values } = parseArgs({
  options: {
    skills: { type: "string", default: "1000" },
    versions: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    sample: { type: "string", default: "200" },
    keep: { type: "boolean", default: false },
  },
});
const signer = { name: "Ann", email: "ann@example.test", pair: generateEd25519() };
const home = await mkdtemp(join(tmpdir(), "assay-bench-"));
const log = createLog("warn", (line) => process.stderr.write(line));
const shutdown = createShutdown(log);
try {
  const core = await openCore(readConfig({ ASSAY_HOME: home, PORT: "0" }, false), log, shutdown);
  await measure(core, {
    dir: join(core.paths.git, "sources", "mono.git"),
    skills: Number(values.skills),
    versions: Number(values.versions),
    seed: Number(values.seed),
    signer,
    taggedAt: new Date(),
  });
} finally {
  await shutdown.stop();
  if (values.keep) console.log(home);
  else await rm(home, { recursive: true, force: true });
}

async function measure(core: Core, wish: SourceWish): Promise<void> {
  const count = wish.skills * wish.versions;
  const made = await time(() => makeSource(wish));
  print("made", { skills: wish.skills, versions: count, ms: round(made.ms) });
  const sourceId = await register(core);
  const total = await publishAll(core, sourceId, count);

  const check = await readAllObjects(wish.dir, "--batch-check");
  const all = await readAllObjects(wish.dir, "--batch");
  print("git cat-file --batch-all-objects", {
    objects: all.objects,
    megabytes: Math.round(all.bytes / 1024 / 1024),
    checkMs: round(check.ms),
    ms: round(all.ms),
    syncToCandidatesIsTimes: round(total.ms / all.ms),
  });
  const read = await readVersions(core.readers, wish.dir, made.value);
  print("versions read", {
    perSecond: perSecond(read.versions, read.ms),
    files: read.files,
    ms: round(read.ms),
    isTimesCatFile: round(read.ms / all.ms),
  });
  const raw = await verifyRaw(made.value.tags.length);
  const ours = await verifyInProcess(core.readers, wish.dir, made.value, signer);
  const spawned = await verifyBySpawning(
    wish.dir,
    core.paths.home,
    made.value,
    signer,
    Number(values.sample),
  );
  const oursPerSecond = perSecond(ours.tags, ours.verifyMs);
  const spawnedPerSecond = spawned && perSecond(spawned.tags, spawned.ms);
  print("signatures", {
    tags: ours.tags,
    perSecond: oursPerSecond,
    perCpuSecond: perSecond(ours.tags, ours.verifyCpuMs),
    rawPerCpuSecond: perSecond(raw.count, raw.cpuMs),
    percentOfRaw: Math.round((100 * raw.cpuMs) / ours.verifyCpuMs),
    withReadingPerSecond: perSecond(ours.tags, ours.readMs + ours.verifyMs),
    gitVerifyTagPerSecond: spawnedPerSecond ?? "no ssh-keygen here",
    ...(spawnedPerSecond !== undefined && {
      ratio: Math.round(oursPerSecond / spawnedPerSecond),
      withReadingRatio: Math.round(
        perSecond(ours.tags, ours.readMs + ours.verifyMs) / spawnedPerSecond,
      ),
    }),
  });
}

/** Sync, then admit, as the worker runs them; only that nobody takes up the jobs that they ask for. */
async function publishAll(core: Core, sourceId: string, count: number): Promise<{ ms: number }> {
  const deps = await admitDeps(core);
  const sync = await time(() =>
    syncSource(
      { ...syncDeps(core), onSightings: async () => {}, onFirstSync: async () => {} },
      sourceId,
    ),
  );
  print("sync", { ms: round(sync.ms), cpuMs: round(sync.cpuMs), rssMb: rssMb(), ...sync.value });
  let done = 0;
  const step = 1_000;
  let from = performance.now();
  const onCandidates: AdmitDeps["onCandidates"] = async (tx, versionIds) => {
    await core.queue.enqueueAll(
      tx,
      queue.decideVersion,
      versionIds.map((versionId) => ({ versionId })),
    );
    const before = done;
    done += versionIds.length;
    if (Math.floor(done / step) === Math.floor(before / step)) return;
    print("admitted", {
      versions: done,
      perSecond: perSecond(step, performance.now() - from),
      rssMb: rssMb(),
    });
    from = performance.now();
  };
  const admit = await time(() => admitTags({ ...deps, onCandidates }, sourceId));
  if (done !== count) throw new Error(`${done} of ${count} tags became candidates`);
  const ms = sync.ms + admit.ms;
  print("admit", {
    ms: round(admit.ms),
    cpuMs: round(admit.cpuMs),
    perSecond: perSecond(done, admit.ms),
  });
  print("sync to candidates", { versions: done, ms: round(ms), perSecond: perSecond(done, ms) });
  return { ms };
}

async function register(core: Core): Promise<string> {
  const publicKey = formatPublicKey(signer.pair.publicKey);
  await proposeChange(core, {
    repoDir: core.paths.control,
    change: (files) =>
      addSigner(
        addSource(addTeam(files, { slug: "bench", name: "Bench" }), {
          slug: "mono",
          team: "bench",
        }),
        { principal: signer.email, publicKey, teams: ["bench"] },
      ),
    message: "bench: one team with a source\n",
    author: core.operator.author,
    time: core.clock.now(),
    sign: core.operator.sign,
  });
  await core.law();
  const source = await findSourceBySlug(core.db, "mono");
  if (source === undefined) throw new Error("the source is not registered");
  return source.id;
}

async function admitDeps(core: Core): Promise<Omit<AdmitDeps, "onCandidates">> {
  const { db, readers, clock, paths } = core;
  const key = await readOrMakeKey(paths.registryKey, "bench");
  const author = { name: "Assay", email: "registry@assay.invalid" };
  const sign = signWith(key);
  return {
    ...core,
    gitHome: paths.git,
    registryLog: await createRegistryLog({
      db,
      readers,
      dir: paths.log,
      author,
      sign,
      clock,
      pins: new Map(),
      announce: async () => undefined,
    }),
    pendingChecks: [],
    findAccount: async (from, principal) => (await findUser(from, principal))?.id ?? null,
  };
}
