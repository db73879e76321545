import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { makeSelfSigned } from "./self-signed.ts";

// Processes that start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);
const authority = makeSelfSigned();
/** An Enterprise Server whose certificate nobody knows, and a proxy on the way to it. */
const github = createSecureServer({ ...authority }, (_req, res) => {
  res.writeHead(200, { "content-type": "application/json" }).end('{"id":77,"slug":"assay"}');
});
const passed: string[] = [];
const proxy = createServer().on("connect", (req, socket) => {
  passed.push(req.url ?? "");
  const [host = "", port] = (req.url ?? "").split(":");
  const onward = connect(Number(port), host, () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy());
});
let dir = "";
let api = "";
let proxyUrl = "";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "assay-line-"));
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(join(dir, "app.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  await writeFile(join(dir, "ca.pem"), authority.cert);
  for (const server of [github, proxy]) await once(server.listen(0, "127.0.0.1"), "listening");
  api = `https://127.0.0.1:${(github.address() as AddressInfo).port}/api/v3`;
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const server of [github, proxy]) {
    server.closeAllConnections();
    server.close();
  }
  await rm(dir, { recursive: true, force: true });
});

const ask = async (env: Record<string, string>) =>
  (
    await run(
      process.execPath,
      [join(import.meta.dirname, "ask-github-process.ts"), api, join(dir, "app.pem")],
      { env: { PATH: process.env["PATH"], ...env }, timeout: 60_000 },
    )
  ).stdout;

it("a server with a certificate of an authority of one's own is believed when the authority is named", async () => {
  await expect(ask({})).rejects.toThrow(/certificate|fetch failed/);
  expect(await ask({ NODE_EXTRA_CA_CERTS: join(dir, "ca.pem") })).toBe("assay");
  expect(passed).toEqual([]);
});

it("what is asked of GitHub goes through the proxy of the environment, once Node is told to use it", async () => {
  const env = { NODE_EXTRA_CA_CERTS: join(dir, "ca.pem"), HTTPS_PROXY: proxyUrl };
  expect(await ask({ ...env, NODE_USE_ENV_PROXY: "1" })).toBe("assay");
  expect(passed).toEqual([new URL(api).host]);
  passed.length = 0;
  expect(await ask({ ...env, NODE_USE_ENV_PROXY: "1", NO_PROXY: "127.0.0.1" })).toBe("assay");
  expect(passed).toEqual([]);
});
