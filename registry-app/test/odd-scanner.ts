import { writeFileSync } from "node:fs";
import { createFrameReader, toFrame } from "../bin/compose/scan-frames.ts";

/** Stands where the scan process stands: says what it may do here, and never answers or dies, as the skill asks it to. */
function attempt(work: () => unknown): string {
  try {
    work();
    return "may";
  } catch (cause) {
    return cause instanceof Error && "code" in cause ? String(cause.code) : "may not";
  }
}

const powers = {
  environment: Object.keys(process.env),
  write: attempt(() => writeFileSync("/tmp/assay-odd-scanner", "")),
  read: attempt(() => process.getBuiltinModule("node:fs").readdirSync("/")),
  spawn: attempt(() => process.getBuiltinModule("node:child_process").spawnSync("true")),
  evaluate: attempt(() => Function("return 1")()),
};
const engine = { version: JSON.stringify(powers), rules: "odd" };
const send = (message: object) =>
  process.stdout.write(toFrame(Buffer.from(JSON.stringify(message))));
send(engine);
process.stdin.on(
  "data",
  createFrameReader(1_000_000, (body) => {
    const asked = body.toString("utf8");
    if (asked === "die") process.exit(3);
    if (asked === "lie") send({ verdict: "pass" });
  }),
);
