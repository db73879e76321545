import { decodeUstar } from "../blobs/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { initBare, publishToStore, type Author, type StoreFile } from "../git/index.ts";
import { Stalled } from "../runtime/index.ts";
import { compareVersions, highestStable } from "../skill/index.ts";
import { storeDir } from "./store-dir.ts";
import { listPublished } from "./store/decisions.ts";
import type { ReleaseFacts } from "./types.ts";

/** The largest archive that is read back; what admit takes in is well below. */
export const MAX_TAR_BYTES = 128 * 1024 * 1024;

export type StoreDeps = { readonly gitHome: string; readonly author: Author };

type SkillVersion = { readonly id: string; readonly version: string };

export type Latest = {
  readonly id: string | null;
  /** Whose description the skill shows; null when nothing is published. */
  readonly shownId: string | null;
  readonly version: string | undefined;
};

/** The highest stable version of those published; a skill with pre-releases only has no latest, and shows the highest of those. */
export async function chooseLatest(
  db: Db | Tx,
  skillId: string,
  change: { readonly with?: SkillVersion; readonly without?: string },
): Promise<Latest> {
  const published = (await listPublished(db, skillId)).filter(
    (one) => one.id !== change.without && one.id !== change.with?.id,
  );
  const all = change.with === undefined ? published : [...published, change.with];
  const stable = highestStable(all.map((one) => one.version));
  const latest = all.find((one) => one.version === stable);
  const highest = all.toSorted((a, b) => compareVersions(b.version, a.version))[0];
  return {
    id: latest?.id ?? null,
    shownId: latest?.id ?? highest?.id ?? null,
    version: latest?.version,
  };
}

/** Puts a version's files into the repo that consumers clone; there already, it changes nothing. */
export async function storeVersion(
  deps: StoreDeps,
  version: ReleaseFacts,
  tar: Buffer,
  isLatest: boolean,
): Promise<void> {
  const files = decodeUstar(tar).map((file): StoreFile => ({
    path: file.path,
    mode: file.mode,
    bytes: Buffer.from(file.bytes),
  }));
  const dir = storeDir(deps.gitHome, version.team, version.skill);
  await initBare(dir, { config: {} });
  const stored = await publishToStore({
    dir,
    tagName: `${version.skill}--v${version.version}`,
    files,
    message: storeMessage(version),
    time: version.firstSeenAt,
    authorIdentity: deps.author,
    isLatest,
    expectedTree: version.treeOid,
  });
  if (stored.kind === "stored") return;
  throw new Stalled("the published store does not take the version", {
    version: version.id,
    stored,
  });
}

function storeMessage(version: ReleaseFacts): string {
  return [
    `${version.team}/${version.skill} ${version.version}`,
    "",
    `Source: ${version.source.slug}`,
    `Tag: ${version.tagName}`,
    `Tag-Object: ${version.tagOid}`,
    `Commit: ${version.commitOid}`,
    `Digest: ${version.digest}`,
    `Signed-By: ${version.signer.principal} ${version.signer.key}`,
    "",
  ].join("\n");
}
