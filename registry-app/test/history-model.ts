import {
  array,
  constant,
  constantFrom,
  oneof,
  record,
  type Arbitrary,
  type WeightedArbitrary,
} from "fast-check";

/** What somebody does to a source, to the law about it, or to the registry itself. */
export type Step =
  | { readonly kind: "commit" }
  | { readonly kind: "tag"; readonly minor: number; readonly by: Who }
  | { readonly kind: "delete"; readonly minor: number }
  | { readonly kind: "put back"; readonly minor: number }
  | { readonly kind: "force-push"; readonly back: number }
  | { readonly kind: "revoke" | "un-revoke"; readonly who: Who }
  | { readonly kind: "yank" | "un-yank"; readonly minor: number }
  | { readonly kind: "sync" }
  | { readonly kind: "restart" };
export type Who = "ann" | "bob";
export const MINORS = [1, 2, 3] as const;

const minor = constantFrom(...MINORS);
const by = constantFrom<Who>("ann", "bob");
const always = (kind: "commit" | "sync" | "restart") => constant<Step>({ kind });

/** Any history, with what matters more often. */
export const steps: Arbitrary<Step[]> = array(
  oneof<WeightedArbitrary<Step>[]>(
    { weight: 2, arbitrary: always("commit") },
    { weight: 6, arbitrary: record({ kind: constant("tag"), minor, by }) },
    { weight: 2, arbitrary: record({ kind: constant("delete"), minor }) },
    { weight: 2, arbitrary: record({ kind: constant("put back"), minor }) },
    {
      weight: 2,
      arbitrary: record({ kind: constant("force-push"), back: constantFrom(1, 2) }),
    },
    {
      weight: 2,
      arbitrary: record({ kind: constantFrom("revoke", "un-revoke"), who: by }),
    },
    { weight: 2, arbitrary: record({ kind: constantFrom("yank", "un-yank"), minor }) },
    { weight: 4, arbitrary: always("sync") },
    { weight: 1, arbitrary: always("restart") },
  ),
  { minLength: 8, maxLength: 16 },
);

export type Tagged = { readonly oid: string; readonly commit: string; readonly by: Who };
export type Drift = "moved" | "vanished" | "unreachable" | null;
/** What the registry must say of one version. */
export type Expected = {
  readonly oid: string;
  readonly state: "published" | "yanked" | "quarantined";
  readonly drift: Drift;
};

/**
 * The whole registry in a page: what git holds, what was seen of it, and the first accepted object of each name. `Held`
 * by nothing but maps, so that it can be read beside the sentence "first accepted wins for ever".
 */
export type Model = {
  /** What git holds now. */
  readonly refs: Map<number, Tagged>;
  tip: string;
  readonly parents: Map<string, string>;
  /** What the registry saw when it last looked. */
  seen: { refs: ReadonlyMap<number, Tagged>; tip: string };
  readonly accepted: Map<number, Tagged>;
  /** Judged once and not again, unless it was for the signer. */
  readonly refused: Map<string, "for its signer" | "for good">;
  readonly revoked: Set<Who>;
  readonly yanked: Set<number>;
  /** Each object that an accepted tag was moved to. */
  readonly moves: Set<string>;
};

export function createModel(root: string): Model {
  const seen = { refs: new Map(), tip: root };
  const sets = { revoked: new Set<Who>(), yanked: new Set<number>(), moves: new Set<string>() };
  const maps = { refs: new Map(), parents: new Map(), accepted: new Map(), refused: new Map() };
  return { ...maps, ...sets, tip: root, seen };
}

/** The registry looks at git. */
export function look(model: Model): void {
  model.seen = { refs: new Map(model.refs), tip: model.tip };
  for (const [minor, tagged] of model.seen.refs) {
    const first = model.accepted.get(minor);
    if (first !== undefined && first.oid !== tagged.oid) model.moves.add(`${minor} ${tagged.oid}`);
    if (!model.refused.has(tagged.oid)) judge(model, minor, tagged);
  }
}

/** A law that trusts a key again lets what was refused for that key be judged again, where git still has it. */
export function lookAgain(model: Model): void {
  for (const [minor, tagged] of model.seen.refs)
    if (model.refused.get(tagged.oid) === "for its signer") judge(model, minor, tagged);
}

export function expectedOf(model: Model, minor: number): Expected | undefined {
  const first = model.accepted.get(minor);
  if (first === undefined) return undefined;
  const state = model.revoked.has(first.by)
    ? "quarantined"
    : model.yanked.has(minor)
      ? "yanked"
      : "published";
  return { oid: first.oid, state, drift: driftOf(model, minor, first) };
}

/** The version that who asks for none gets. */
export function latestOf(model: Model): string | null {
  const offered = MINORS.filter((minor) => expectedOf(model, minor)?.state === "published");
  return offered.length === 0 ? null : `1.${Math.max(...offered)}.0`;
}

function judge(model: Model, minor: number, tagged: Tagged): void {
  const first = model.accepted.get(minor);
  if (first?.oid === tagged.oid) return;
  if (model.revoked.has(tagged.by)) model.refused.set(tagged.oid, "for its signer");
  else if (first !== undefined || !isOnBranch(model, tagged.commit))
    model.refused.set(tagged.oid, "for good");
  else {
    model.refused.delete(tagged.oid);
    model.accepted.set(minor, tagged);
  }
}

function driftOf(model: Model, minor: number, first: Tagged): Drift {
  const now = model.seen.refs.get(minor);
  if (now === undefined) return "vanished";
  if (now.oid !== first.oid) return "moved";
  return isOnBranch(model, first.commit) ? null : "unreachable";
}

function isOnBranch({ parents, seen }: Model, commit: string): boolean {
  for (let at: string | undefined = seen.tip; at !== undefined; at = parents.get(at))
    if (at === commit) return true;
  return false;
}
