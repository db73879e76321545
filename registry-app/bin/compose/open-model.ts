import { statSync } from "node:fs";
import {
  createForwarder,
  createModel,
  type Forwarder,
  type Model,
  type ModelWish,
} from "../../src/model/index.ts";
import { Refusal, type Clock, type Config, type Log } from "../../src/runtime/index.ts";
import { readSmallFile } from "../read-small-file.ts";

const MAX_KEY_BYTES = 4_096;

/** The model that is configured, with the key from its file; null where none is. */
export function openModel(core: {
  readonly config: Pick<Config, "model">;
  readonly clock: Clock;
  readonly log: Log;
}): Model | null {
  const wish = readWish(core.config);
  return wish && createModel(core, wish);
}

/** The same model, for an agent that speaks its dialect itself. */
export function openForwarder(config: Pick<Config, "model">): Forwarder | null {
  const wish = readWish(config);
  return wish && createForwarder(wish);
}

function readWish({ model }: Pick<Config, "model">): ModelWish | null {
  if (model === undefined) return null;
  const { url, name, dialect, keyFile } = model;
  const apiKey = keyFile === undefined ? null : readKey(keyFile);
  return { url, name, dialect, apiKey };
}

/** Whoever may read the file may spend the owner's money. */
function readKey(path: string): string {
  const key = readSmallFile(path, MAX_KEY_BYTES).trim();
  if ((statSync(path).mode & 0o077) !== 0)
    throw new Refusal(
      "unavailable",
      `${path} holds the model's key and may be read by others.`,
      `Run chmod 600 ${path}`,
    );
  if (key !== "") return key;
  throw new Refusal("unavailable", `${path} holds no key.`, "Write the model's key into it.");
}
