import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { silentLog, systemClock } from "../../src/runtime/index.ts";
import { startModelServer, type ModelServer } from "../../test/fakes/model-server.ts";
import { openModel } from "./open-model.ts";

const KEY = "sk-file-0123456789abcdef";
const open: ModelServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function configure(mode: number, text: string, url = "http://127.0.0.1:9/v1") {
  const folder = mkdtempSync(join(tmpdir(), "assay-model-key-"));
  folders.push(folder);
  const keyFile = join(folder, "key");
  writeFileSync(keyFile, text);
  chmodSync(keyFile, mode);
  const model = { url, name: "tiny", dialect: "openai", keyFile } as const;
  return { config: { model }, clock: systemClock, log: silentLog };
}

it("the key is read from a file that only its owner may read", async () => {
  const server = await startModelServer([{ reply: { kind: "say", text: "Yes." } }]);
  open.push(server);
  const model = openModel(configure(0o600, `${KEY}\n`, server.url));
  const messages = [{ role: "user", text: "?" }] as const;
  await model?.ask({ system: "", messages, maxTokens: 5, timeoutMs: 5_000 });
  expect(server.asked[0]?.headers["authorization"]).toBe(`Bearer ${KEY}`);
});

it.each([
  ["its group may read", 0o640, KEY, "may be read by others"],
  ["everybody may read", 0o604, KEY, "may be read by others"],
  ["is empty", 0o600, " \n", "holds no key"],
])("a key file that %s is refused, without its text", (_what, mode, text, because) => {
  const core = configure(mode, text);
  expect(() => openModel(core)).toThrow(because);
  expect(() => openModel(core)).not.toThrow(KEY);
});

it("without a configured model there is none", () => {
  const core = { config: { model: undefined }, clock: systemClock, log: silentLog };
  expect(openModel(core)).toBeNull();
});
