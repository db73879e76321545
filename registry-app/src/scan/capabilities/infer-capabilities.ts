import type { Dependency } from "../dependencies/dependency.ts";
import type { Fact, Operation, Place } from "../facts.ts";
import type { About } from "../rules/rule.ts";
import type { Capability } from "../types.ts";
import { readDeclared, type Declared } from "./declared.ts";

/** What a skill is able to do, by kind. The order is the one in which pages list them. */
const CAPABILITY_KINDS = [
  "network",
  "listen",
  "run-programs",
  "run-data",
  "install",
  "read-secrets",
  "read-environment",
  "capture",
  "write-outside",
  "delete",
  "schedule",
  "elevate",
  "weaken",
  "publish",
  "encrypt",
  "mine",
] as const;
export type CapabilityKind = (typeof CAPABILITY_KINDS)[number];

/** Details kept of one kind; what is over is one entry that says how many. */
const MAX_OF_KIND = 25;
const MAX_DETAIL = 120;

const KIND_OF: Readonly<Partial<Record<Operation, CapabilityKind>>> = {
  send: "network",
  download: "network",
  resolve: "network",
  listen: "listen",
  run: "run-programs",
  evaluate: "run-data",
  install: "install",
  "read-secret": "read-secrets",
  "read-environment": "read-environment",
  capture: "capture",
  write: "write-outside",
  delete: "delete",
  schedule: "schedule",
  elevate: "elevate",
  weaken: "weaken",
  publish: "publish",
  encrypt: "encrypt",
  mine: "mine",
};

type Seen = { readonly kind: CapabilityKind; readonly detail: string | null; readonly at: Place };

/**
 * What the facts and dependencies let the skill do, each thing once, with the first place that shows it. Nothing here is
 * blame: a deploy skill can do much, and should.
 */
export function inferCapabilities(
  facts: readonly Fact[],
  dependencies: readonly Dependency[],
  about: About,
): readonly Capability[] {
  const declared = readDeclared(about);
  const seen = new Map<string, Seen>();
  const note = (one: Seen) => {
    const key = `${one.kind} ${one.detail ?? ""}`;
    const known = seen.get(key);
    if (known === undefined || comparePlaces(one.at, known.at) < 0) seen.set(key, one);
  };
  for (const fact of facts) for (const one of ofFact(fact)) note(one);
  for (const dependency of dependencies)
    if (dependency.how !== "lock" && dependency.source !== "path")
      note({ kind: "install", detail: nameOf(dependency), at: dependency.at });
  return CAPABILITY_KINDS.flatMap((kind) =>
    capped([...seen.values()].filter((one) => one.kind === kind).toSorted(byDetail), declared),
  );
}

function capped(seen: readonly Seen[], declared: Declared): readonly Capability[] {
  const toCapability = ({ kind, detail, at }: Seen): Capability => ({
    kind,
    detail,
    isDeclared: declared.covers(kind, detail),
    file: at.file,
    line: at.line,
  });
  const kept = seen.slice(0, MAX_OF_KIND).map(toCapability);
  const [first] = seen.slice(MAX_OF_KIND);
  if (first === undefined) return kept;
  const more = `and ${seen.length - MAX_OF_KIND} more`;
  return [...kept, { ...toCapability(first), detail: more, isDeclared: false }];
}

function ofFact(fact: Fact): readonly Seen[] {
  const kind = KIND_OF[fact.op];
  if (kind === undefined) return [];
  // Packages come from `dependencies`, where their names are put in one form.
  if (kind === "install") return fact.target === null ? [{ kind, detail: null, at: fact.at }] : [];
  if (fact.traits.includes("local") && kind === "network") return [];
  if (isInside(fact)) return [];
  return [{ kind, detail: detailOf(kind, fact), at: fact.at }];
}

/** Writing and deleting in the workspace or a temporary folder is what any skill does. */
function isInside({ op, class: where }: Fact): boolean {
  if (op !== "write" && op !== "delete") return false;
  return where === null || where === "workspace" || where === "temporary" || where === "unknown";
}

function detailOf(kind: CapabilityKind, fact: Fact): string | null {
  if (kind === "network") return hostOf(fact.target);
  if (kind === "run-programs") return programOf(fact.target);
  if (kind === "run-data" || kind === "read-environment") return null;
  if (kind === "elevate" || kind === "schedule" || kind === "publish" || kind === "mine")
    return programOf(fact.target) ?? fact.class;
  return fact.class?.slice(0, MAX_DETAIL) ?? null;
}

function hostOf(target: string | null): string | null {
  const host =
    /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/)?(?:[^\s/@]{1,100}@)?(\[[0-9a-f:.]{2,45}\]|[\p{L}\p{N}.-]{1,253})/iu.exec(
      target ?? "",
    )?.[1];
  if (host === undefined || !/[.:]/.test(host)) return null;
  return host.toLowerCase().replace(/\.$/, "");
}

/** The program's name, without its folder and what it is given: `sudo` and the like stand before it. */
function programOf(target: string | null): string | null {
  for (const word of (target ?? "").trim().split(/\s{1,20}/, 12)) {
    if (/^(?:sudo|env|nohup|time|exec|command|\w{1,60}=\S{0,300}|-\S{0,100})$/.test(word)) continue;
    const name =
      word
        .split("/")
        .at(-1)
        ?.replace(/\.exe$/i, "") ?? "";
    return /^[\w.+-]{1,60}$/.test(name) ? name.toLowerCase() : null;
  }
  return null;
}

function nameOf({ ecosystem, spelled }: Dependency): string {
  return `${ecosystem}:${spelled}`.slice(0, MAX_DETAIL);
}

function byDetail(a: Seen, b: Seen): number {
  const [left, right] = [a.detail ?? "", b.detail ?? ""];
  return left === right ? comparePlaces(a.at, b.at) : left < right ? -1 : 1;
}

function comparePlaces(a: Place, b: Place): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}
