import { makeVisible, type ScanFinding, type ScanReport } from "../../src/scan/index.ts";

/** One line of `assay scan --json`. */
export type ScanLine = ScanReport & { readonly dir: string };

const MAX_SHOWN = 50;

/** The verdict and what it rests on, for people. What strangers wrote cannot steer the terminal. */
export function describeScan(line: ScanLine): string {
  const { dir, verdict, score, risk, findings, coverage } = line;
  const head = `${dir}: ${verdict}, ${score} of 100, able to do harm: ${risk}`;
  const shown = findings.slice(0, MAX_SHOWN).flatMap((finding) => describeFinding(dir, finding));
  const more = findings.length - MAX_SHOWN;
  return [
    head,
    ...shown,
    ...(more > 0 ? [`  and ${more} more; --json has all of them`] : []),
    ...describeAbilities(line),
    ...coverage.gaps.map(({ file, because }) => `  not read whole: ${file}: ${because ?? ""}`),
    `  read: ${coverage.analysed} of ${coverage.files} files; advisories: ${sayAdvisories(line)}`,
  ]
    .map(makeVisible)
    .join("\n");
}

function describeFinding(dir: string, finding: ScanFinding): string[] {
  const { severity, confidence, message, rule, points, evidence, why, remedy } = finding;
  const place = `${dir.replace(/\/+$/, "")}/${finding.file}:${finding.line}`;
  const chain = finding.chain
    .map(({ what, file, line }) => `${what} (${file}:${line})`)
    .join("  →  ");
  return [
    `  ${place}  ${severity}  ${message}  [${rule}, ${confidence}, takes ${points}]`,
    ...(chain === "" ? [] : [`      ${chain}`]),
    ...(evidence === "" ? [] : [`      text: ${evidence}`]),
    `      why: ${why}`,
    `      remedy: ${remedy}`,
  ];
}

function describeAbilities({ capabilities }: ScanLine): string[] {
  const words = capabilities
    .slice(0, MAX_SHOWN)
    .map(({ kind, detail, isDeclared }) =>
      [kind, detail ?? "", isDeclared ? "" : "(not declared)"].filter(Boolean).join(" "),
    );
  return words.length === 0 ? [] : [`  able to: ${[...new Set(words)].join(" · ")}`];
}

function sayAdvisories({ coverage: { advisories } }: ScanLine): string {
  if (advisories.takenAt === null) return "none";
  const day = advisories.takenAt.slice(0, 10);
  return advisories.isStale ? `of ${day}, which is old` : `of ${day}`;
}
