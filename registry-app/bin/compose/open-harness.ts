import type { Sandbox } from "@assay/sandbox";
import { z } from "zod";
import {
  createAgentRunner,
  createCommandRunner,
  type AgentRunner,
  type Harness,
} from "../../src/evals/index.ts";
import type { Model } from "../../src/model/index.ts";
import { Refusal, type Clock, type Config } from "../../src/runtime/index.ts";
import { readSmallFile } from "../read-small-file.ts";
import { openForwarder } from "./open-model.ts";

const MAX_FILE_BYTES = 64 * 1024;
const text = z.string().min(1).max(4_000);

const harnessSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, "is lower case letters, digits, . and -"),
  image: z.string().min(1).max(300).optional(),
  command: z.array(text).min(1).max(100),
  env: z.record(z.string().regex(/^[A-Za-z_]\w{0,99}$/), z.string().max(4_000)).default({}),
  skills: z
    .string()
    .regex(
      /^\/(?:home|work|tmp)(?:\/[\w.-]{1,100}){1,10}$/,
      "is a folder below /home, /work or /tmp",
    )
    .refine((path) => !path.split("/").includes(".."), "has no .. in it")
    .optional(),
});

/** A command-line agent, and the image that it is in; all cases run in that image. */
export type HarnessFile = { readonly harness: Harness; readonly image: string | undefined };

/** Reads what ASSAY_HARNESS_FILE names; undefined where it names nothing. */
export function readHarness({
  harnessFile: path,
  model,
}: Pick<Config, "harnessFile" | "model">): HarnessFile | undefined {
  if (path === undefined) return undefined;
  const parsed = harnessSchema.safeParse(parse(readSmallFile(path, MAX_FILE_BYTES)));
  if (!parsed.success) {
    const what = parsed.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`);
    const hint = "docs/operating.md says what such a file holds.";
    throw new Refusal("bad-request", `${path} is no harness: ${what.join("; ")}.`, hint);
  }
  if (model === undefined)
    throw new Refusal(
      "bad-request",
      "ASSAY_HARNESS_FILE names an agent, and there is no model for it.",
      "Set MODEL_URL and MODEL_NAME.",
    );
  const { image, skills = null, ...own } = parsed.data;
  return { harness: { ...own, skills }, image };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

export type AgentWish = {
  readonly config: Pick<Config, "model">;
  readonly clock: Clock;
  readonly sandbox: Pick<Sandbox, "openSession">;
  readonly model: Model | null;
  readonly harness: HarnessFile | undefined;
};

/** Who works on cases for an agent: the command of the harness, or else a loop of our own; null without a model. */
export function openAgent({ config, harness, model, ...deps }: AgentWish): AgentRunner | null {
  if (model === null) return null;
  const forwarder = harness === undefined ? null : openForwarder(config);
  if (harness === undefined || forwarder === null) return createAgentRunner({ ...deps, model });
  return createCommandRunner({ ...deps, harness: harness.harness, forwarder });
}
