import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Refusal } from "../../src/runtime/index.ts";

/** Refuses a place that nothing can be written to, before anybody is asked for what to write there. */
export function refuseUnwritable(file: string): void {
  orRefuse(file, () => {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new Error("it is a folder");
    accessSync(dirname(resolve(file)), constants.W_OK);
  });
}

/**
 * Writes records of OSV so that `readAdvisoriesFile` reads them, one in each line. Written aside and renamed: whoever
 * reads has the old list or the new one whole.
 */
export function writeAdvisoriesFile(file: string, records: readonly unknown[]): void {
  const lines = records.map((record) => JSON.stringify(record));
  const aside = `${file}.${process.pid}.tmp`;
  orRefuse(file, () => {
    try {
      writeFileSync(aside, `{"vulns": [\n${lines.join(",\n")}\n]}\n`, { flag: "wx", flush: true });
      renameSync(aside, file);
    } catch (cause) {
      rmSync(aside, { force: true });
      throw cause;
    }
  });
}

function orRefuse(file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new Refusal(
      "unavailable",
      `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      "Name a file in a folder that you may write to: --output FILE",
    );
  }
}
