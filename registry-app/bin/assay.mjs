#!/usr/bin/env node
// `npx assay …` under any Node >= 18: hands over to the project's own Node 24 (installing it first if need be).
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, projectNode, root } from "../../scripts/install.mjs";

ensureInstalled();
const child = spawn(
  projectNode,
  [join(root, "registry-app", "bin", "assay.ts"), ...process.argv.slice(2)],
  {
    stdio: "inherit",
    env: { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compile"), ...process.env },
  },
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 128 : (code ?? 0)));
