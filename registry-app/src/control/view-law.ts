import { isPrincipalOf } from "../keys/index.ts";
import type { Subject } from "./list-entries.ts";
import type { LawChange } from "./plan-law.ts";
import { toRoot } from "./root-of-trust.ts";
import { sayPolicy } from "./say-policy.ts";
import type { ControlSnapshot, CurrentControl, LawInForce } from "./types.ts";

/** What somebody may know of, beside what is public by the law itself. */
export type Known = {
  readonly isEverything: boolean;
  /** Slugs of their own teams. */
  readonly teams: ReadonlySet<string>;
  /** Coordinates of the skills that they see, and who signed those. */
  readonly skills: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
};

/** Says of a line of the law whether it may be shown. */
export type Eyes = (about: readonly Subject[]) => boolean;

/**
 * What somebody sees of the law: public sources with their teams and those teams' signers, and whatever belongs to their
 * own teams. The rest is not there for them. Pure.
 */
export function eyesOf(law: ControlSnapshot, known: Known): Eyes {
  if (known.isEverything) return () => true;
  const sources = [...law.sources.values()].filter(
    ({ visibility, team }) => visibility === "public" || known.teams.has(team),
  );
  const teams = new Set([...known.teams, ...sources.map(({ team }) => team)]);
  const named = [
    ...sources.flatMap(({ signers }) => signers),
    ...[...teams].flatMap((slug) => law.teams.get(slug)?.signers ?? []),
    ...known.principals,
  ];
  const principals = new Set(named.map((name) => name.toLowerCase()));
  const keys = new Set([
    ...known.keys,
    ...law.allowedSigners.entries
      .filter((entry) => named.some((name) => isPrincipalOf(entry, name)))
      .map(({ key }) => key.fingerprint),
    ...law.openPgpKeys.keys
      .filter(({ principal }) => principal !== undefined && principals.has(principal.toLowerCase()))
      .flatMap(({ fingerprints }) => fingerprints),
  ]);
  return (about) => about.every(isSeen);

  function isSeen(subject: Subject): boolean {
    switch (subject.kind) {
      case "all":
        return true;
      case "source":
        return !subject.isPrivate || known.teams.has(law.sources.get(subject.slug)?.team ?? "");
      case "team":
        return teams.has(subject.slug);
      case "skill":
        return known.skills.has(subject.coordinate);
      case "signer":
        return (
          subject.principals.every(
            (name) => /[*?!]/.test(name) || principals.has(name.toLowerCase()),
          ) &&
          (subject.keys.length === 0
            ? subject.principals.some((name) => principals.has(name.toLowerCase()))
            : subject.keys.some((key) => keys.has(key)))
        );
    }
  }
}

export type LawView = ReturnType<typeof viewLaw>;

const SILENT_ALARM =
  "The newest commit of the control repo is not in force; the law stays as it is shown here.";

/** The law in force as somebody may see it. Pure. */
export function viewLaw(
  law: LawInForce,
  { root, alarm, pending, isPutBack }: CurrentControl,
  pendingChanges: readonly LawChange[],
  eyes: Eyes,
  isEverything: boolean,
) {
  const team = (slug: string) => eyes([{ kind: "team", slug }]);
  const skill = (coordinate: string) => eyes([{ kind: "skill", coordinate }]);
  return {
    commit: law.commit,
    registry: law.registry.name,
    state:
      isPutBack || (alarm !== undefined && pending === undefined)
        ? ("refused" as const)
        : pending === undefined
          ? ("in force" as const)
          : ("pending" as const),
    // It names files, and with them what is private.
    alarm: alarm === undefined ? null : isEverything ? alarm : SILENT_ALARM,
    pending:
      pending === undefined
        ? null
        : {
            commit: pending.commit,
            signedBy: [...pending.signedBy],
            waitsFor: pending.waitsFor,
            canSign: pending.canSign.map(({ name }) => name),
            changes: pendingChanges.filter(({ about }) => eyes(about)).map(toTold),
          },
    roots: {
      version: root.version,
      threshold: root.threshold,
      principals: [...toRoot(root).names].map(([fingerprint, name]) => ({ name, fingerprint })),
    },
    policy: sayPolicy(law.policy),
    teams: [...law.teams.values()]
      .filter(({ slug }) => team(slug))
      .map(({ slug, name, signers }) => ({ slug, name, signers: [...signers] })),
    sources: [...law.sources.values()]
      .filter(({ slug, visibility }) =>
        eyes([{ kind: "source", slug, isPrivate: visibility === "private" }]),
      )
      .map(({ slug, team: owner, kind, visibility, branch, signers }) => ({
        slug,
        team: owner,
        kind,
        visibility,
        branch,
        signers: [...signers],
      })),
    signers: signersOf(law)
      .filter(({ principals, keys }) => eyes([{ kind: "signer", principals, keys }]))
      .map(({ keys: _keys, ...line }) => line),
    revoked: revocationsIn(law)
      .filter(({ about }) => eyes([about]))
      .map(({ about: _about, ...line }) => line),
    yanks: law.yanks.filter((one) => skill(one.skill)).map((one) => ({ ...one })),
  };
}

/** A change as it is told, without what it was filtered by. */
export function toTold({ area, effect, says }: LawChange) {
  return { area, effect, says };
}

function signersOf({ allowedSigners, openPgpKeys }: ControlSnapshot) {
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return [
    ...allowedSigners.entries.map(
      ({ principals, key, isAuthority, validAfterMs, validBeforeMs, namespaces }) => ({
        principals: principals.split(","),
        keys: [key.fingerprint],
        fingerprint: key.fingerprint,
        type: key.type as string,
        isAuthority,
        namespaces: namespaces ?? null,
        validAfter: time(validAfterMs),
        validBefore: time(validBeforeMs),
      }),
    ),
    ...openPgpKeys.keys.map(({ principal, fingerprint, fingerprints }) => ({
      principals: principal === undefined ? [] : [principal],
      keys: [...fingerprints],
      fingerprint,
      type: "OpenPGP",
      isAuthority: false,
      namespaces: null,
      validAfter: null,
      validBefore: null,
    })),
  ];
}

function revocationsIn({ revoked }: ControlSnapshot) {
  return [...revoked].flatMap(([subject, all]) =>
    all.map(({ kind, since, reason }) => {
      const isPerson = subject.startsWith("principal ");
      const about: Subject = {
        kind: "signer",
        principals: isPerson ? [subject.slice("principal ".length)] : [],
        keys: isPerson ? [] : [subject.split(" ")[0] ?? subject],
      };
      return { about, subject, kind, since: since?.toISOString() ?? null, reason };
    }),
  );
}
