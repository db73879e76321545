import { endStep } from "../check/end-step.ts";
import { runRelease } from "./run-release.ts";

const own = { env: process.env, goTo: (folder: string) => process.chdir(folder) };
process.exitCode = await endStep(process.env, (runner) => runRelease(own, runner));
