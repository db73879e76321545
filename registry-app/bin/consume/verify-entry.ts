import { join } from "node:path";
import type { AllowedSigners, OpenPgpKeys, SshVerifier } from "../../src/keys/index.ts";
import {
  checkEvidence,
  chooseKeys,
  compareFolder,
  evidenceOf,
  findCheckpointFault,
  findRollback,
  withNews,
  type Evidence,
  type Fault,
  type Lock,
  type Proven,
} from "../../src/proof/index.ts";
import { Refusal } from "../../src/runtime/refusal.ts";
import { askRegistry, type RegistryAsk, type SkillVersion } from "./ask-registry.ts";
import { readInstalled } from "./read-installed.ts";

export type VerifyDeps = {
  readonly verifier: SshVerifier;
  readonly openPgpKeys: OpenPgpKeys;
  readonly allowedSigners: AllowedSigners | undefined;
  /** Lines of public keys that the consumer gave for the registry. */
  readonly registryKeys: readonly string[] | undefined;
};

/** One line of `assay verify --json`. */
export type VerifyLine = {
  readonly coordinate: string;
  readonly folder: string;
  readonly ok: boolean;
  /** Null when the evidence does not hold, so that nothing is known of it. */
  readonly state: Proven["state"] | null;
  /** Size of the registry log as of which the state is known. */
  readonly asOf: number;
  readonly online: boolean;
  readonly registry: string;
  readonly registryKeys: readonly string[];
  readonly digest: string;
  readonly signer: Proven["signer"] | null;
  readonly firstSeenAt: string | null;
  /** Whether your own allowed_signers were asked about the signer. */
  readonly signerAsked: boolean;
  readonly ignored: readonly string[];
  readonly faults: readonly Fault[];
};

export type Verified = {
  readonly line: VerifyLine;
  readonly isFirstUse: boolean;
  /** The lock file with what was learned; undefined when nothing may be believed. */
  readonly lock: Lock | undefined;
};

type Believed = {
  readonly evidence: Evidence;
  readonly proven: Proven | undefined;
  readonly faults: readonly Fault[];
  readonly asOf: number;
  readonly fingerprints: readonly string[];
  readonly isFirstUse: boolean;
  readonly lock: Lock | undefined;
};

/** Asks the registry for the evidence, holds it against the lock file, and the folder against both. */
export async function verifyOnline(
  deps: VerifyDeps,
  registry: RegistryAsk,
  lock: Lock,
  wanted: SkillVersion & { readonly folder: string },
): Promise<Verified> {
  const { evidence: answer, checkpoint } = await askRegistry(registry, wanted);
  const { registryKey, ...evidence } = answer;
  const coordinate = `${wanted.team}/${wanted.skill}@${wanted.version}`;
  const nothing = { evidence, proven: undefined, asOf: checkpoint.size, lock: undefined };
  const tell = (believed: Believed) =>
    conclude(believed, { ...wanted, coordinate, registry: registry.url, online: true, deps });
  const choice = chooseKeys(lock.registries[registry.url], deps.registryKeys, registryKey);
  if (choice.kind === "refused")
    return tell({ ...nothing, faults: [choice.fault], fingerprints: [], isFirstUse: false });
  const chosen = { fingerprints: [...choice.fingerprints], isFirstUse: choice.isFirstUse };
  const check = await checkEvidence({ ...deps, registryKeys: choice.fingerprints }, evidence);
  const wrong = findCheckpointFault(deps.verifier, choice.fingerprints, checkpoint);
  const faults = [
    ...(evidence.coordinate === coordinate ? [] : [otherVersion(evidence.coordinate, coordinate)]),
    ...(wrong === undefined ? [] : [wrong]),
    ...(check.kind === "proven" ? [] : check.faults),
  ];
  if (faults.length > 0 || check.kind !== "proven") return tell({ ...nothing, ...chosen, faults });
  const { proven } = check;
  const news = { registry: registry.url, keys: choice.keys, evidence, proven, checkpoint };
  const rollback = findRollback(lock, news);
  if (rollback.length > 0) return tell({ ...nothing, ...chosen, faults: rollback });
  const learned = { proven, lock: withNews(lock, news), faults };
  return tell({ evidence, asOf: checkpoint.size, ...chosen, ...learned });
}

/** Takes everything from the lock file. */
export async function verifyOffline(
  deps: VerifyDeps,
  lock: Lock,
  wanted: { readonly coordinateSkill: string; readonly folder: string },
): Promise<Verified> {
  const locked = lock.skills[wanted.coordinateSkill];
  const pinned = locked && lock.registries[locked.registry];
  if (locked === undefined || pinned === undefined)
    throw new Refusal(
      "not-found",
      `The lock file has no ${wanted.coordinateSkill}.`,
      "Verify it once with the registry at hand: --registry URL --lock FILE, without --offline",
    );
  const evidence = evidenceOf(wanted.coordinateSkill, locked);
  const choice = chooseKeys(pinned, deps.registryKeys, undefined);
  const place = {
    coordinate: evidence.coordinate,
    folder: wanted.folder,
    registry: locked.registry,
    online: false,
    deps,
  };
  const believed = { evidence, asOf: locked.asOf, isFirstUse: false, lock: undefined };
  if (choice.kind === "refused") {
    const faults = [choice.fault];
    return conclude({ ...believed, proven: undefined, faults, fingerprints: [] }, place);
  }
  const check = await checkEvidence({ ...deps, registryKeys: choice.fingerprints }, evidence);
  const wrong = findCheckpointFault(deps.verifier, choice.fingerprints, pinned.log);
  const faults = [
    ...(wrong === undefined ? [] : [wrong]),
    ...(check.kind === "proven" ? [] : check.faults),
  ];
  const proven = check.kind === "proven" ? check.proven : undefined;
  const fingerprints = [...choice.fingerprints];
  return conclude({ ...believed, proven, faults, fingerprints }, place);
}

type Place = {
  readonly coordinate: string;
  readonly folder: string;
  readonly registry: string;
  readonly online: boolean;
  readonly deps: VerifyDeps;
};

/** The folder is only looked at when there is something to hold it against. */
async function conclude(believed: Believed, place: Place): Promise<Verified> {
  const { evidence, proven, lock, isFirstUse } = believed;
  const installed = await readInstalled(place.folder);
  const faults = [...believed.faults];
  if (proven !== undefined && believed.faults.length === 0) {
    if (proven.state !== "published") faults.push(stateFault(place.coordinate, proven));
    // What is in quarantine has no list of files to compare with.
    if (evidence.tag.object !== null)
      faults.push(...compareFolder(installed.entries, evidence.files));
  }
  const line: VerifyLine = {
    coordinate: place.coordinate,
    folder: place.folder,
    ok: faults.length === 0,
    state: proven?.state ?? null,
    asOf: believed.asOf,
    online: place.online,
    registry: place.registry,
    registryKeys: believed.fingerprints,
    digest: evidence.digest,
    signer: proven?.signer ?? null,
    firstSeenAt: proven?.firstSeenAt ?? null,
    signerAsked: proven !== undefined && place.deps.allowedSigners !== undefined,
    ignored: installed.ignored.map((path) => join(place.folder, path)),
    faults,
  };
  return { line, isFirstUse, lock };
}

function stateFault(coordinate: string, { state, reason }: Proven): Fault {
  const mend =
    state === "yanked"
      ? "Install a newer version."
      : "Remove it now, and see what it may have done where it was used.";
  return { check: "state", says: `${coordinate} is ${state}: ${JSON.stringify(reason)}.`, mend };
}

function otherVersion(got: string, wanted: string): Fault {
  const says = `The registry answers for ${JSON.stringify(got)}, and ${wanted} was asked for.`;
  return { check: "registry", says, mend: "Do not use this registry; ask whoever runs it." };
}
