// Started by a test as a process of its own, so that it can be killed: the registry until SIGTERM.
import { createLog } from "../src/runtime/index.ts";
import { startRegistry } from "./world-registry.ts";

const [home = "", databaseUrl = ""] = process.argv.slice(2);
const log = createLog("warn", (line) => process.stderr.write(line));
const registry = await startRegistry({ home, databaseUrl, log });
process.stdout.write(`${registry.url}\n`);
process.once("SIGTERM", () => void registry.stop());
