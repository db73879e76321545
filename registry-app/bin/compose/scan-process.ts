import { z } from "zod";
import { decodeUstar } from "../../src/blobs/index.ts";
import { openScanner, type AdvisorySnapshot } from "../../src/scan/index.ts";
import { createFrameReader, toFrame } from "./scan-frames.ts";

/**
 * The process that reads what strangers wrote: started by `openScanProcess` without environment, keys or database, and
 * killed by it when it takes too long. In: the advisories once, then for each skill the day and a canonical tar. Out: who
 * it is, then a report for each tar.
 */
const MAX_IN_BYTES = 256 * 1024 * 1024;

const scanner = await openScanner();
/** Made by our own parser in the process that started this one. */
const ADVISORIES = z.custom<AdvisorySnapshot>(
  (value) => typeof value === "object" && value !== null,
);
let advisories: AdvisorySnapshot | undefined;
let today: Date | undefined;
const read = createFrameReader(MAX_IN_BYTES, (body) => {
  if (advisories === undefined) {
    advisories = ADVISORIES.parse(JSON.parse(body.toString("utf8")));
    return;
  }
  if (today === undefined) {
    today = new Date(body.toString("latin1"));
    return;
  }
  const entries = decodeUstar(body).map(({ path, mode, bytes }) => {
    return { path, mode, size: bytes.length, bytes };
  });
  const report = scanner.scan(entries, { advisories, today });
  today = undefined;
  send(report);
});

function send(message: object): void {
  process.stdout.write(toFrame(Buffer.from(JSON.stringify(message), "utf8")));
}

send(scanner.engine);
// The first skill costs ten times what the next one does; nobody should wait for that.
scanner.scan(warmUp(), { advisories: null, today: new Date(0) });
process.stdin.on("data", read);

function warmUp() {
  const text = "---\nname: warm-up\ndescription: Nothing.\n---\n\nRun `scripts/a.sh`.\n";
  const files = [
    ["SKILL.md", text],
    ["scripts/a.sh", 'for one in a b; do echo "$one" | wc -c; done\n'],
    ["scripts/b.py", "import json\nprint(json.dumps({'a': [1, 2]}))\n"],
    ["scripts/c.js", "const a = [1, 2].map((one) => one + 1);\nconsole.log(a);\n"],
  ] as const;
  return files.map(([path, body]) => {
    const bytes = Buffer.from(body, "utf8");
    return { path, mode: "100644" as const, size: bytes.length, bytes };
  });
}
