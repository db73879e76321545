// Plain JavaScript for whatever Node the machine has (18 or newer), with nothing installed yet.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const projectNode = join(root, "node_modules", "node", "bin", "node");

const stampFile = join(root, "node_modules", ".assay-stamp");
const runningDir = join(root, "node_modules", ".assay-running");
const lockDir = join(root, ".install-lock");

/** Installs what the lock file names unless that was done already; two at once wait for each other. */
export function ensureInstalled(say = (line) => process.stderr.write(`${line}\n`)) {
  const stamp = wantedStamp();
  if (isInstalled(stamp)) return;
  withLock(say, () => {
    if (isInstalled(stamp)) return;
    refuseUnderARunningServer();
    say("Installing what the lock file names (about a minute, once) ...");
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const run = spawnSync(npm, ["ci", "--loglevel=error", "--no-audit", "--no-fund"], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, CI: process.env.CI ?? "" },
    });
    if (run.status !== 0)
      fail(
        "npm ci did not succeed; its message is above. Mend that and run the same command again.",
      );
    checkProjectNode();
    writeFileSync(stampFile, stamp);
  });
}

/** Notes that this process uses node_modules, so that nobody reinstalls under it. */
export function markRunning() {
  mkdirSync(runningDir, { recursive: true });
  const mark = join(runningDir, String(process.pid));
  writeFileSync(mark, "");
  process.on("exit", () => rmSync(mark, { force: true }));
}

function wantedStamp() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return `${lock} ${process.platform} ${process.arch}\n`;
}

function isInstalled(stamp) {
  return (
    existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp && existsSync(projectNode)
  );
}

function checkProjectNode() {
  const run = spawnSync(projectNode, ["--version"], { encoding: "utf8" });
  const major = Number(/^v(\d+)\./.exec(run.stdout ?? "")?.[1] ?? 0);
  if (major < 24) {
    fail(
      `The project brings its own Node 24, but its package installed ${run.stdout?.trim() || "nothing"}. ` +
        "Install scripts may be switched off (npm config get ignore-scripts); allow them for the package `node`.",
    );
  }
}

function withLock(say, work) {
  const until = Date.now() + 10 * 60_000;
  for (let told = false; ; told = true) {
    try {
      mkdirSync(lockDir);
      break;
    } catch (cause) {
      if (cause.code !== "EEXIST") throw cause;
      if (!holderAlive()) rmSync(lockDir, { recursive: true, force: true });
      else if (Date.now() > until)
        fail(
          `Another install has held ${lockDir} for ten minutes; remove that folder if it is dead.`,
        );
      else {
        if (!told) say("Another install is under way; waiting for it ...");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      }
    }
  }
  try {
    writeFileSync(join(lockDir, "pid"), String(process.pid));
    work();
  } finally {
    rmSync(lockDir, { recursive: true, force: true });
  }
}

function holderAlive() {
  const file = join(lockDir, "pid");
  // Between mkdir and write the file is missing for a moment: count that as alive, unless it stays so.
  if (!existsSync(file)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    if (!existsSync(file)) return false;
  }
  return isAlive(Number(readFileSync(file, "utf8")));
}

function refuseUnderARunningServer() {
  if (!existsSync(runningDir)) return;
  for (const name of readdirSync(runningDir)) {
    if (Number(name) !== process.pid && isAlive(Number(name))) {
      fail(
        `Assay runs from this checkout (process ${name}) and its packages are out of date. Stop it, then run this again.`,
      );
    }
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause.code === "EPERM";
  }
}

export function fail(text) {
  process.stderr.write(`${text}\n`);
  rmSync(lockDir, { recursive: true, force: true });
  process.exit(2);
}
