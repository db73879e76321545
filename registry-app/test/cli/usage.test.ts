import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Context, Values } from "../../bin/command.ts";
import { key } from "../../bin/commands/key.ts";
import { serve } from "../../bin/commands/serve.ts";
import { source } from "../../bin/commands/source.ts";
import { team } from "../../bin/commands/team.ts";
import { token } from "../../bin/commands/token.ts";
import { worker } from "../../bin/commands/worker.ts";
import { readConfig, silentLog } from "../../src/runtime/index.ts";
import { runCli } from "./run-cli.ts";

const PROCESS_MS = 60_000;
const context: Context = {
  config: readConfig({ ASSAY_HOME: "/nonexistent/assay" }, false),
  log: silentLog,
  isJson: true,
  print: () => undefined,
  say: () => undefined,
};

describe("wrong usage is refused before anything is opened", () => {
  it.each([
    [team, [], {}],
    [team, ["fly"], {}],
    [team, ["constructor"], {}],
    [team, ["add", "acme"], {}],
    [team, ["add", "acme", "other"], { name: "x" }],
    [team, ["list"], { name: "x" }],
    [team, ["members", "acme"], { role: "admin" }],
    [team, ["members", "acme"], { add: "a@b.example", role: "owner" }],
    [source, ["add", "acme"], {}],
    [source, ["sync"], {}],
    [source, ["unfreeze", "acme"], {}],
    [source, ["unfreeze", "acme"], { because: "  " }],
    [source, ["credential", "acme"], { remove: true, user: "ann" }],
    [source, ["credential", "acme"], { because: "x" }],
    [token, ["create", "t"], { team: "acme" }],
    [token, ["create", "t"], { team: "acme", scope: ["all"] }],
    [token, ["create", "t"], { team: "acme", scope: ["read"], days: "0" }],
    [token, ["create", "t"], { team: "acme", scope: ["read"], days: "1e3" }],
    [token, ["revoke", "1"], {}],
    [key, ["add", "a@b.example"], { key: "x" }],
    [key, ["add", "a@b.example"], { team: ["acme"], key: "x", "key-file": "y" }],
  ] as const)("case %#", async (command, words, values) => {
    const run = command.run(context, words, values as unknown as Values);
    await expect(run).rejects.toMatchObject({ name: "Refusal", code: "bad-request" });
  });

  it("serve and worker ask for a database that several processes reach", async () => {
    for (const command of [serve, worker])
      await expect(command.run(context, [], {})).rejects.toThrow(/needs a database/);
  });
});

describe("the dispatcher", () => {
  it.each([
    [["nonsense"], /no command "nonsense"/],
    [["toString"], /no command "toString"/],
    [["lint", "--bogus"], /npx assay lint --help/],
    [["lint"], /which folder/],
  ])(
    "answers %j with 2 and a hint",
    async (args, hint) => {
      const run = await runCli(args);
      expect(run).toMatchObject({ code: 2, stdout: "" });
      expect(run.stderr).toMatch(hint);
    },
    PROCESS_MS,
  );

  it(
    "names a bad variable of the environment, and only where one is read",
    async () => {
      const env = { DATABASE_URL: "mysql://x" };
      expect((await runCli(["lint", "/nonexistent"], { env })).stderr).not.toContain("DATABASE");
      const run = await runCli(["team", "list"], { env });
      expect(run).toMatchObject({ code: 2 });
      expect(run.stderr).toContain("DATABASE_URL");
    },
    PROCESS_MS,
  );

  it(
    "ends without a word when whoever reads its output has seen enough",
    async () => {
      const entry = fileURLToPath(new URL("../../bin/assay.ts", import.meta.url));
      const child = spawn(process.execPath, [entry, "--help"], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.destroy();
      const said: Buffer[] = [];
      child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
      const [code] = (await once(child, "close")) as [number | null];
      expect([code, Buffer.concat(said).toString("utf8")]).toEqual([0, ""]);
    },
    PROCESS_MS,
  );
});
