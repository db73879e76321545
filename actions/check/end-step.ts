import { Refusal } from "../../registry-app/src/runtime/refusal.ts";
import { openRunner, type Environment, type Runner } from "./runner.ts";

/** Runs an action; what it refuses is said as help, in the log and beside the step. */
export async function endStep(
  env: Environment,
  action: (runner: Runner) => Promise<number>,
): Promise<number> {
  const runner = openRunner(env);
  try {
    return await action(runner);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    const says = `${cause.message}\n${cause.hint ?? ""}`;
    runner.say(says);
    runner.command("error", { title: "Assay" }, says);
    // As the commands end: 1 for what was judged bad, 2 for a wrong input.
    return cause.code === "unprocessable" ? 1 : 2;
  }
}
