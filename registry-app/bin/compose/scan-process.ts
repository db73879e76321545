import { decodeUstar } from "../../src/blobs/index.ts";
import { openScanner } from "../../src/scan/index.ts";
import { createFrameReader, toFrame } from "./scan-frames.ts";

/**
 * The process that reads what strangers wrote: started by `openScanProcess` without environment, keys or database, and
 * killed by it when it takes too long. In: the day, then a canonical tar. Out: who it is, then a report for each tar.
 */
const MAX_IN_BYTES = 256 * 1024 * 1024;

const scanner = await openScanner();
let today: Date | undefined;
const read = createFrameReader(MAX_IN_BYTES, (body) => {
  if (today === undefined) {
    today = new Date(body.toString("latin1"));
    return;
  }
  const entries = decodeUstar(body).map(({ path, mode, bytes }) => {
    return { path, mode, size: bytes.length, bytes };
  });
  const report = scanner.scan(entries, { advisories: null, today });
  today = undefined;
  send(report);
});

function send(message: object): void {
  process.stdout.write(toFrame(Buffer.from(JSON.stringify(message), "utf8")));
}

send(scanner.engine);
process.stdin.on("data", read);
