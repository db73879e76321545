// Judges a labelled set of skills and prints recall and false positives by where the skills come from.
// usage: node registry-app/bench/scan-set.ts FOLDER LABELS.json [--show misses|hits] [--only PROVENANCE]
// LABELS.json: {items: [{id, label: "malicious"|"benign", provenance}]}, with FOLDER/<id>/ for each.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { readSkillToScan } from "../bin/author/skill-to-scan.ts";
import { openScanner, type ScanReport } from "../src/scan/index.ts";

const LABELS = z.object({
  items: z.array(
    z.object({ id: z.string(), label: z.enum(["malicious", "benign"]), provenance: z.string() }),
  ),
});
/** What the default policy does not let through on its own. */
const FLAGGED: ReadonlySet<string> = new Set(["block", "warn"]);

type Judged = {
  readonly id: string;
  readonly label: "malicious" | "benign";
  readonly provenance: string;
  readonly report: ScanReport;
  readonly milliseconds: number;
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { show: { type: "string" }, only: { type: "string" } },
});
const [folder, labels] = positionals;
if (folder === undefined || labels === undefined) {
  process.stderr.write("usage: node registry-app/bench/scan-set.ts FOLDER LABELS.json\n");
  process.exit(2);
}

const { items } = LABELS.parse(JSON.parse(readFileSync(labels, "utf8")));
const scanner = await openScanner();
const judged: Judged[] = [];
const rssAtStart = process.memoryUsage().rss;
const startedAt = performance.now();
for (const { id, label, provenance } of items) {
  if (values.only !== undefined && values.only !== provenance) continue;
  const entries = readSkillToScan(join(folder, id));
  const before = performance.now();
  const report = scanner.scan(entries, { advisories: null, today: new Date("2026-11-01") });
  judged.push({ id, label, provenance, report, milliseconds: performance.now() - before });
}
const seconds = (performance.now() - startedAt) / 1000;

/** Whether the verdict would still be reached without rules that know an address or a name. */
function isFlagged(report: ScanReport, withIndicators: boolean): boolean {
  if (!FLAGGED.has(report.verdict)) return false;
  return (
    withIndicators ||
    report.findings.some(
      (one) => !one.isIndicator && ["critical", "high", "medium"].includes(one.severity),
    )
  );
}

function share(list: readonly Judged[], withIndicators: boolean): string {
  const flagged = list.filter(({ report }) => isFlagged(report, withIndicators)).length;
  const percent = list.length === 0 ? 0 : (100 * flagged) / list.length;
  return `${flagged}/${list.length} = ${percent.toFixed(1)} %`.padEnd(22);
}

function printTable(label: "malicious" | "benign", title: string): void {
  process.stdout.write(`\n${title}\n`);
  const ours = judged.filter((one) => one.label === label);
  const provenances = [...new Set(ours.map((one) => one.provenance))].toSorted();
  for (const provenance of provenances) {
    const list = ours.filter((one) => one.provenance === provenance);
    const incomplete = list.filter(({ report }) => report.verdict === "incomplete").length;
    process.stdout.write(
      `  ${provenance.padEnd(20)} ${share(list, true)} without indicators ${share(list, false)} incomplete ${incomplete}\n`,
    );
  }
  process.stdout.write(
    `  ${"all".padEnd(20)} ${share(ours, true)} without indicators ${share(ours, false)}\n`,
  );
}

function printRules(label: "malicious" | "benign"): void {
  const counts = new Map<string, number>();
  for (const { report } of judged.filter((one) => one.label === label)) {
    const rules = report.findings
      .filter(({ severity }) => ["critical", "high", "medium"].includes(severity))
      .map((one) => one.rule);
    for (const rule of new Set(rules)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  const rows = [...counts].toSorted((a, b) => b[1] - a[1]);
  process.stdout.write(`\nskills per rule that would flag, ${label}\n`);
  for (const [rule, count] of rows)
    process.stdout.write(`  ${String(count).padStart(4)}  ${rule}\n`);
}

function show(which: string): void {
  const isWanted = (one: Judged) =>
    which === "misses"
      ? one.label === "malicious" && !isFlagged(one.report, true)
      : one.label === "benign" && isFlagged(one.report, true);
  for (const { id, provenance, report } of judged.filter(isWanted)) {
    process.stdout.write(`\n${id} ${provenance} ${report.verdict} ${report.score}\n`);
    for (const one of report.findings) {
      process.stdout.write(
        `   ${one.severity}/${one.confidence} ${one.rule} ${one.file}:${one.line} ${one.message}\n      ${one.evidence.slice(0, 160)}\n`,
      );
    }
  }
}

printTable("malicious", "recall");
printTable("benign", "false positives");
printRules("malicious");
printRules("benign");
const times = judged.map((one) => one.milliseconds).toSorted((a, b) => a - b);
const at = (part: number) => (times[Math.floor(times.length * part)] ?? 0).toFixed(1);
process.stdout.write(
  `\n${judged.length} skills in ${seconds.toFixed(1)} s; ms a skill p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(0.9999)}; ` +
    `memory ${Math.round((process.memoryUsage().rss - rssAtStart) / 1048576)} MB above the start\n`,
);
if (values.show !== undefined) show(values.show);
