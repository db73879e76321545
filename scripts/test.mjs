// `npm test`: install if needed, run every test this machine can run, and say which it cannot and why.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { probeCapabilities } from "./capabilities.mjs";
import { ensureInstalled, markRunning, projectNode, root } from "./install.mjs";

ensureInstalled();
markRunning();

const capabilities = await probeCapabilities();
const have = capabilities.filter((one) => one.present).map((one) => one.name);
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const run = spawnSync(projectNode, [vitest, "run", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    ASSAY_TEST_HAVE: have.join(","),
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compile"),
  },
});

const missing = capabilities.filter((one) => !one.present);
for (const one of missing) {
  process.stdout.write(
    `skipped: ${one.suites} (no ${one.name} here; enable with: ${one.enable})\n`,
  );
}
// What no package brings, since the machine has to allow it, is skipped in CI as well, and said above.
const mustHave = missing.filter((one) => one.isOfMachine !== true).map((one) => one.name);
if (mustHave.length > 0 && process.env.CI === "true") {
  process.stdout.write(
    `CI must run every suite: the skips for want of ${mustHave.join(", ")} are failures.\n`,
  );
  process.exit(1);
}
process.exit(run.status ?? 1);
