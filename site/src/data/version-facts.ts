import type { CheckName, Checks, CheckResult, VersionPage } from "./port.ts";

export const CHECK_TITLES: Readonly<Record<CheckName, string>> = {
  signature: "Signature",
  validation: "Specification",
  scan: "Security scan",
  evals: "Evaluations",
};

/** What a check that has not run would have looked at. */
export const CHECK_PURPOSES: Readonly<Record<CheckName, string>> = {
  signature: "Who signed the tag, with which key, and whether the control repo lets them.",
  validation: "SKILL.md and the tree against the Agent Skills specification.",
  scan: "Code injection, malware, exfiltration and vulnerable dependencies.",
  evals: "The skill's own test cases, run in a sandbox.",
};

export function checksOf(version: VersionPage): Checks {
  const outcome = (name: CheckName) =>
    version.checks.find((check) => check.name === name)?.outcome ?? null;
  return {
    signature: outcome("signature"),
    validation: outcome("validation"),
    scan: outcome("scan"),
    evals: outcome("evals"),
  };
}

/** All four checks in the order of the stamp, also those that this version has no row for. */
export function allChecks(version: VersionPage): CheckResult[] {
  const names: readonly CheckName[] = ["signature", "validation", "scan", "evals"];
  return names.map(
    (name) =>
      version.checks.find((check) => check.name === name) ?? {
        name,
        outcome: null,
        summary: "",
        engineVersion: null,
        finishedAt: null,
      },
  );
}

export function evidenceLinks(versionHref: string): Readonly<Record<CheckName, string>> {
  return {
    signature: `${versionHref}/security#signature`,
    validation: `${versionHref}/security#validation`,
    scan: `${versionHref}/security#scan`,
    evals: `${versionHref}/evals`,
  };
}

/** What the reader of a version that is not simply published must know first. */
export function whyNotServed(
  version: VersionPage,
): { readonly title: string; readonly text: string } | undefined {
  const reasons = version.decision?.reasons.join(" ") ?? "";
  switch (version.state) {
    case "published":
      return undefined;
    case "held":
      return { title: "Held: not served until somebody decides.", text: reasons };
    case "quarantined":
      return {
        title: "Quarantined: served before, stopped now. Remove it where it is installed.",
        text: reasons,
      };
    case "yanked":
      return {
        title: "Yanked: kept for those who pinned it, no longer offered.",
        text: reasons,
      };
  }
}
