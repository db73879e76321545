import { endStep } from "./end-step.ts";
import { runCheck } from "./run-check.ts";

process.exitCode = await endStep(process.env, runCheck);
