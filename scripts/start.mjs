// `npm start`: install if needed, then the whole product with its demo registry under the project's own Node.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, markRunning, projectNode, root } from "./install.mjs";

const watch = process.argv.includes("--watch");
ensureInstalled();
markRunning();

const args = watch ? ["--watch-path=registry-app", "--watch-preserve-output"] : [];
const child = spawn(projectNode, [...args, join(root, "registry-app", "bin", "assay.ts"), "up"], {
  cwd: process.cwd(),
  stdio: "inherit",
  env: {
    ASSAY_DEMO: "1",
    LOG_LEVEL: "warn",
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compile"),
    ...process.env,
  },
});

// Ctrl-C reaches the child by itself (same process group); a signal sent to us alone is passed on. Then we wait for it to drain.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("exit", (code, signal) => process.exit(signal ? 128 : (code ?? 0)));
