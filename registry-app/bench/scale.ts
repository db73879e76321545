import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openCore, type Core } from "../bin/compose/open-core.ts";
import { syncDeps } from "../bin/compose/sync-deps.ts";
import { addSource, addTeam, proposeChange } from "../src/control/index.ts";
import { createObjectReaders, initBare, readFolder } from "../src/git/index.ts";
import { generateEd25519 } from "../src/keys/index.ts";
import { createLog, createShutdown, readConfig } from "../src/runtime/index.ts";
import { listSources, syncSource } from "../src/sources/index.ts";
import { FOLDER_CAPS, listRefsOf } from "./anchors.ts";
import { fastImport, makeSource, runGit } from "./make-source.ts";
import { perSecond, print, round, rssMb, time } from "./measure.ts";

/**
 * What stays cheap when there is much: looking at many sources in which nothing changed, and reading skills beside a root
 * tree of tens of thousands of entries. One JSON line a figure; compare within one run only.
 *
 * Usage: node registry-app/bench/scale.ts [--sources 1000] [--root 60000] [--reads 4000]
 */
const { values } = parseArgs({
  options: {
    sources: { type: "string", default: "1000" },
    root: { type: "string", default: "60000" },
    reads: { type: "string", default: "4000" },
  },
});
const home = await mkdtemp(join(tmpdir(), "assay-bench-"));
const log = createLog("warn", (line) => process.stderr.write(line));
const shutdown = createShutdown(log);
try {
  await readBesideWideRoot(join(home, "wide.git"), Number(values.root), Number(values.reads));
  const core = await openCore(readConfig({ ASSAY_HOME: home, PORT: "0" }, false), log, shutdown);
  await reconcileWithoutChange(core, Number(values.sources));
} finally {
  await shutdown.stop();
  await rm(home, { recursive: true, force: true });
}

/** Each skill lies at the root, as some big public collections have it. */
async function readBesideWideRoot(dir: string, width: number, reads: number): Promise<void> {
  await initBare(dir);
  await fastImport(dir, wideCommit(width), []);
  await runGit(dir, ["repack", "-a", "-d", "-q"]);
  const commit = (await runGit(dir, ["rev-parse", "main"])).trim();
  const readers = createObjectReaders();
  const quarter = Math.ceil(reads / 4);
  for (let from = 0; from < reads; from += quarter) {
    const count = Math.min(quarter, reads - from);
    const { ms } = await time(async () => {
      for (let at = 0; at < count; at += 16) {
        const batch = Array.from({ length: Math.min(16, count - at) }, (_, i) => from + at + i);
        await Promise.all(batch.map((i) => readOne(i % width)));
      }
    });
    const facts = { rootEntries: width, read: from + count, perSecond: perSecond(count, ms) };
    print("folders beside a wide root", { ...facts, rssMb: rssMb() });
  }
  await readers.close();

  async function readOne(index: number): Promise<void> {
    const found = await readFolder(readers, dir, commit, skillName(index), { caps: FOLDER_CAPS });
    if (found.kind !== "folder") throw new Error(`${skillName(index)}: ${found.kind}`);
  }
}

function skillName(index: number): string {
  return `skill-${String(index).padStart(6, "0")}`;
}

function* wideCommit(width: number): Generator<string> {
  yield "feature done\ncommit refs/heads/main\ncommitter Ann <ann@example.test> 1735700000 +0000\ndata 5\nfeat\n\n";
  for (let i = 0; i < width; i += 1) {
    const text = `---\nname: ${skillName(i)}\ndescription: Skill number ${i}.\n---\n\n# ${i}\n`;
    yield `M 100644 inline ${skillName(i)}/SKILL.md\ndata ${text.length}\n${text}\n`;
  }
  yield "done\n";
}

/** The second sync of every source: what the timer does all day. Beside it one `git for-each-ref` a source, which looks and does no more. */
async function reconcileWithoutChange(core: Core, count: number): Promise<void> {
  const template = join(core.paths.home, "template.git");
  const pair = generateEd25519();
  const signer = { name: "Ann", email: "ann@example.test", pair };
  const one = { dir: template, skills: 2, versions: 5, seed: 1, taggedAt: new Date(), signer };
  await makeSource(one);
  const slugs = Array.from({ length: count }, (_, i) => `source-${i}`);
  const dirs = slugs.map((slug) => join(core.paths.git, "sources", `${slug}.git`));
  for (const dir of dirs) await cp(template, dir, { recursive: true });
  await register(core, slugs);
  const sources = await listSources(core.db);
  const deps = { ...syncDeps(core), onSightings: async () => {}, onFirstSync: async () => {} };
  const syncAll = async () => {
    for (const { id } of sources) await syncSource(deps, id);
  };
  const first = await time(syncAll);
  const again = await time(syncAll);
  const looking = await time(async () => {
    for (const dir of dirs) await listRefsOf(dir);
  });
  print("sources in which nothing changed", {
    sources: sources.length,
    firstMs: round(first.ms),
    ms: round(again.ms),
    msEach: round(again.ms / sources.length),
    forEachRefMs: round(looking.ms),
    isTimesForEachRef: round(again.ms / looking.ms),
    rssMb: rssMb(),
  });
}

async function register(core: Core, slugs: readonly string[]): Promise<void> {
  await proposeChange(core, {
    repoDir: core.paths.control,
    change: (files) =>
      slugs.reduce(
        (changed, slug) => addSource(changed, { slug, team: "bench" }),
        addTeam(files, { slug: "bench", name: "Bench" }),
      ),
    message: "bench: many sources\n",
    author: core.operator.author,
    time: core.clock.now(),
    sign: core.operator.sign,
  });
  await core.law();
}
