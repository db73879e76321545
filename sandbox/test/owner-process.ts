// Opens a sandbox, says so once a case runs in it, and then does nothing until it is killed.
import { DEFAULT_LIMITS } from "../index.ts";
import { openForTest, specOf } from "./engine.ts";

const sandbox = await openForTest();
const limits = { ...DEFAULT_LIMITS, timeoutMs: 240_000 };
const running = sandbox.run(specOf(["sleep", "200"], { id: "of-the-killed", limits }));
setTimeout(() => process.stdout.write("running\n"), 1_000);
await running;
