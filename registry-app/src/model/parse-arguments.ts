import { z } from "zod";

const objectSchema = z.record(z.string(), z.unknown());

/** What a model wrote as arguments of a tool; null when it is no JSON object. */
export function parseArguments(written: string): Readonly<Record<string, unknown>> | null {
  try {
    return objectSchema.safeParse(JSON.parse(written)).data ?? null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}
