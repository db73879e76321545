// Runs dependency-cruiser over the core and fails as well when it saw suspiciously little: an empty cruise is no proof.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./install.mjs";

const LEAST_MODULES = 100;
const bin = join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruiser.mjs");
const args = [
  bin,
  "registry-app",
  "sandbox",
  "github-app",
  "actions",
  "--config",
  ".dependency-cruiser.mjs",
  "--output-type",
  "json",
];
const run = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });

let summary;
try {
  summary = JSON.parse(run.stdout).summary;
} catch {
  process.stderr.write(`dependency-cruiser gave no result:\n${run.stderr}\n`);
  process.exit(2);
}
for (const { rule, from, to } of summary.violations) {
  process.stdout.write(`${rule.name}: ${from} -> ${to}\n`);
}
process.stdout.write(`${summary.totalCruised} modules, ${summary.violations.length} violations\n`);
if (summary.totalCruised < LEAST_MODULES) {
  process.stdout.write(
    `fewer than ${LEAST_MODULES} modules were read: the check saw too little to be believed\n`,
  );
  process.exit(1);
}
process.exit(summary.violations.length === 0 ? 0 : 1);
