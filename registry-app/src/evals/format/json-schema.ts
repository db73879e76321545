import { z } from "zod";
import { wholeSchema } from "./schema.ts";

/** The JSON schema of evals/evals.json, for editors; `address` is where it is served. */
export function makeEvalsSchema(address: string): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(wholeSchema, { io: "input", target: "draft-2020-12" });
  return { ...schema, $id: address, title: "evals/evals.json of an Agent Skill" };
}
