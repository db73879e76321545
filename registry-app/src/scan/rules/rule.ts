import type { AdvisoryMatch } from "../advisories/advisory.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import type { LicenceStatement } from "../dependencies/read-licences.ts";
import type { Fact } from "../facts.ts";
import type { Anomaly } from "../inventory/anomaly.ts";
import type { ScanFile } from "../inventory/scan-file.ts";
import type { Directive, Standing } from "../prose/directives.ts";
import type { Place } from "../facts.ts";
import type { Confidence, Match, Owasp, RuleFamily, ScanSeverity } from "../types.ts";

/** A link or an address that prose names. */
export type Link = {
  readonly at: Place;
  /** What is shown; equal to `target` for a bare address. */
  readonly text: string;
  readonly target: string;
  readonly headings: readonly string[];
  readonly standing: Standing;
};

/** What the skill says about itself. */
export type About = {
  readonly name: string;
  readonly description: string;
  readonly allowedTools: readonly string[];
  readonly compatibility: string;
  /** Lower-case hosts that SKILL.md names outside of code, or that its description or source belong to. */
  readonly hosts: ReadonlySet<string>;
};

/** Everything that the stages before have seen. Rules read it and keep nothing. */
export type Evidence = {
  readonly about: About;
  readonly files: readonly ScanFile[];
  readonly facts: readonly Fact[];
  readonly directives: readonly Directive[];
  readonly links: readonly Link[];
  /** What is odd about the files themselves: names, kinds, how they are packed, what nobody sees in them. */
  readonly anomalies: readonly Anomaly[];
  readonly dependencies: readonly Dependency[];
  /** What the skill's files say of licences; those of dependencies stand with them. */
  readonly licences: readonly LicenceStatement[];
  /** Empty as well when nobody gave advisories; coverage says so. */
  readonly advisoryMatches: readonly AdvisoryMatch[];
  /** The part that the text at a place plays. */
  readonly standingAt: (place: Place) => Standing;
  readonly isReachable: (file: string) => boolean;
};

/** Files of a small skill by path. A text without SKILL.md among them gets a plain one around it. */
export type Example = {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Files that are no text, as base64. */
  readonly binaries?: Readonly<Record<string, string>>;
};

/** What pages and reports say of a rule, whoever applies it. */
export type RuleFacts = Omit<Rule, "find" | "examples">;

export type Rule = {
  readonly id: string;
  readonly family: RuleFamily;
  readonly title: string;
  readonly severity: ScanSeverity;
  readonly confidence: Confidence;
  readonly owasp: readonly Owasp[];
  /** Why it matters, for whoever decides. */
  readonly why: string;
  /** What the author can do. */
  readonly remedy: string;
  /** Rests on a list of known addresses, names or hashes. */
  readonly isIndicator?: boolean;
  readonly find: (evidence: Evidence) => readonly Match[];
  /** Skills that it must flag, and neighbours of them that it must leave alone. Each is a test. */
  readonly examples: { readonly flags: readonly Example[]; readonly passes: readonly Example[] };
};
