import type {
  CheckLaw,
  CheckName,
  ControlSnapshot,
  PolicyLaw,
  PolicyOutcome,
  SourcePolicy,
} from "./types.ts";

/** Something by which a source's policy asks for less than the registry's; `path` leads to it in the file. */
export type Loosening = { readonly path: readonly (string | number)[]; readonly message: string };

const CHECKS = ["signature", "validation", "scan", "evals"] as const satisfies CheckName[];

/** The policy for one source: the registry's, made stricter where the source says so. Pure. */
export function policyOf(
  law: Pick<ControlSnapshot, "policy" | "sources">,
  slug: string,
): PolicyLaw {
  const own = law.sources.get(slug)?.policy;
  return own === undefined || own === null ? law.policy : tighten(law.policy, own);
}

/** The one principal who may sign for a source: then nobody else has looked at what is released. Null when there are more, or none. */
export function findSingleAuthor(
  law: Pick<ControlSnapshot, "sources" | "teams">,
  slug: string,
): string | null {
  const source = law.sources.get(slug);
  if (source === undefined) return null;
  const all = [...(law.teams.get(source.team)?.signers ?? []), ...source.signers];
  const different = new Set(all.map((one) => one.toLowerCase()));
  return different.size === 1 ? (all[0] ?? null) : null;
}

function tighten(base: PolicyLaw, own: SourcePolicy): PolicyLaw {
  const check = (name: Exclude<CheckName, "scan">) => ({
    ...base.checks[name],
    ...own.checks[name],
  });
  return {
    checks: {
      signature: check("signature"),
      validation: check("validation"),
      scan: { ...base.checks.scan, ...own.checks.scan },
      evals: check("evals"),
    },
    bump: own.bump ?? base.bump,
    singleAuthor: own.singleAuthor ?? base.singleAuthor,
    codeOwners: own.codeOwners ?? base.codeOwners,
    certificates: { maxDays: own.certificates?.maxDays ?? base.certificates.maxDays },
    scan: base.scan,
    evals: base.evals,
  };
}

/** Where a source would be judged less strictly than the registry says. Pure. */
export function listLoosenings(base: PolicyLaw, own: SourcePolicy): readonly Loosening[] {
  const found: Loosening[] = [];
  const report = (path: readonly string[], message: string) =>
    found.push({ path: ["policy", ...path], message: `${message}: a source only tightens policy` });
  const after = tighten(base, own);
  for (const name of CHECKS) {
    const why = findLooserCheck(base.checks[name], after.checks[name]);
    if (why !== undefined) report(["checks", name], why);
  }
  const { minScore, advisories } = base.checks.scan;
  if (after.checks.scan.minScore < minScore)
    report(["checks", "scan", "minScore"], `the registry asks for a score of ${minScore}`);
  if (advisories === "required" && after.checks.scan.advisories === "optional")
    report(["checks", "scan", "advisories"], "the registry requires fresh advisories");
  if (base.bump === "require" && after.bump === "warn")
    report(["bump"], "the registry requires the bump");
  if (base.singleAuthor === "hold" && after.singleAuthor === "allow")
    report(["singleAuthor"], "the registry holds what has a single author");
  if (base.codeOwners === "require" && after.codeOwners === "ignore")
    report(["codeOwners"], "the registry requires the approval of code owners");
  const { maxDays } = base.certificates;
  if (after.certificates.maxDays > maxDays)
    report(["certificates", "maxDays"], `the registry allows ${maxDays} days`);
  return found;
}

/** What refused must go on refusing; what was held must be held or refused. */
function findLooserCheck(base: CheckLaw, after: CheckLaw): string | undefined {
  if (base.need === "required" && after.need === "optional") return "the registry requires it";
  const lost = (outcomes: readonly PolicyOutcome[], kept: readonly PolicyOutcome[]) =>
    outcomes.find((outcome) => !kept.includes(outcome));
  const unrefused = lost(base.refuse, after.refuse);
  if (unrefused !== undefined) return `the registry refuses ${unrefused}`;
  const unheld = lost(base.hold, [...after.hold, ...after.refuse]);
  return unheld === undefined ? undefined : `the registry holds ${unheld}`;
}
