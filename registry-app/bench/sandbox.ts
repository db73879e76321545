import { spawn } from "node:child_process";
import { once } from "node:events";
import { DEFAULT_LIMITS, ensureImage, openSandbox, type RunSpec } from "@assay/sandbox";
import { connectEngine } from "../../sandbox/engine.ts";
import { toContainer } from "../../sandbox/limits.ts";
import { seccompProfile } from "../../sandbox/seccomp.ts";
import { print, quantile, round } from "./measure.ts";

/**
 * What a case costs: a full one (skill and a file laid in, a program run, files and usage taken out) beside the barest
 * container with the same limits, `docker run` and bubblewrap. One JSON line a figure; compare within one run only.
 *
 * Usage: DOCKER_HOST=… node registry-app/bench/sandbox.ts [ROUNDS]
 */
const rounds = Number(process.argv[2] ?? 15);
const dockerHost = process.env["DOCKER_HOST"];
const image = await ensureImage({
  dockerHost,
  node: process.execPath,
  say: (line) => console.error(line),
});
if (image.kind !== "ready") throw new Error(`${image.because} (${image.remedy})`);
const opened = await openSandbox({ dockerHost, image: image.id, poolSize: 2 });
if (opened.kind !== "ready") throw new Error(`${opened.because} (${opened.remedy})`);
const { sandbox } = opened;
const engine = connectEngine(dockerHost);

/** A ustar with one file. */
function tarOf(name: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 7) + octal(0, 7) + octal(0, 7), 100);
  header.write(octal(text.length, 11) + octal(0, 11) + " ".repeat(8) + "0", 124);
  header.write("ustar\x0000", 257);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    ),
    148,
  );
  const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  body.write(text);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}

const skill = tarOf(
  "add.py",
  "import sys\nopen('out.txt', 'w').write(sys.stdin.read())\nprint(42)\n",
);
const spec = (command: readonly string[], more: Partial<RunSpec> = {}): RunSpec => ({
  id: "bench",
  skill: null,
  inputs: [],
  command,
  stdin: Buffer.alloc(0),
  env: {},
  limits: DEFAULT_LIMITS,
  ...more,
});
const full = spec(["python3", "/skill/add.py"], {
  skill,
  inputs: [{ path: "in.txt", content: Buffer.from("in"), isExecutable: false }],
  stdin: Buffer.from("said"),
});

async function runCase(one: RunSpec): Promise<void> {
  const result = await sandbox.run(one);
  if (result.kind !== "ran" || result.exitCode !== 0) throw new Error(JSON.stringify(result));
}

async function barest(command: readonly string[]): Promise<void> {
  const options = toContainer({
    image: image.kind === "ready" ? image.id : "",
    limits: DEFAULT_LIMITS,
    seccomp: seccompProfile(),
    owner: "bench",
    run: "bench",
    deadline: new Date(Date.now() + 60_000),
  });
  const [program = "", ...args] = command;
  const container = await engine.createContainer({ ...options, Entrypoint: [program], Cmd: args });
  await container.start();
  await container.wait();
  await container.remove({ force: true });
}

async function program(name: string, args: readonly string[]): Promise<void> {
  const child = spawn(name, args, { stdio: "ignore" });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}`);
}

const bubblewrap = (command: readonly string[]) =>
  program("bwrap", [
    ..."--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib".split(" "),
    ..."--symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /work".split(" "),
    ..."--unshare-all --die-with-parent --chdir /work --".split(" "),
    ...command,
  ]);

const python = ["python3", "-c", "print(42)"];
const ways: Readonly<Record<string, () => Promise<void>>> = {
  "full case": () => runCase(full),
  "case, python, no files": () => runCase(spec(python)),
  "case, true, no files": () => runCase(spec(["true"])),
  "barest hardened container, true": () => barest(["true"]),
  "barest hardened container, python": () => barest(python),
  "docker run --rm --network none, true": () =>
    program("docker", ["run", "--rm", "--network", "none", image.id, "true"]),
  "bubblewrap, true": () => bubblewrap(["true"]),
};

const taken = new Map<string, number[]>();
// In turns, so that whatever else the machine does meanwhile is everybody's.
for (let round = 0; round < rounds; round += 1) {
  for (const [what, work] of Object.entries(ways)) {
    const from = performance.now();
    try {
      await work();
      taken.set(what, [...(taken.get(what) ?? []), performance.now() - from]);
    } catch (cause) {
      if (round === 0) print(what, { failed: String(cause) });
    }
    // What goes on beside the path (the next container, the removal) is not the next one's to pay.
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
const base = quantile(taken.get("barest hardened container, true") ?? [], 0.5);
for (const [what, ms] of taken) {
  const p50 = quantile(ms, 0.5);
  print(what, {
    p50: round(p50),
    p90: round(quantile(ms, 0.9)),
    ratio: Math.round((p50 / base) * 100) / 100,
  });
}

async function timeMany(count: number, parallel: number): Promise<number> {
  const from = performance.now();
  let left = count;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await runCase(full);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return performance.now() - from;
}

for (const parallel of [1, 2, 4]) {
  const ms = await timeMany(20, parallel);
  print("20 full cases", { parallel, ms: Math.round(ms), perSecond: round(20_000 / ms) });
}
await sandbox.close();
