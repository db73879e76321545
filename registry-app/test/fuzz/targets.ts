import { createHash, createHmac, createPrivateKey, sign } from "node:crypto";
import { connect } from "node:net";
import { parseControl } from "../../src/control/index.ts";
import { parseEvals } from "../../src/evals/format/parse-evals.ts";
import { parseCommit, parseTagObject } from "../../src/git/index.ts";
import { readCertificate } from "../../src/keys/certificate.ts";
import {
  createSshVerifier,
  findSigners,
  formatPublicKey,
  generateEd25519,
  parseAllowedSigners,
  parseOpenPgpKeys,
  parsePublicKey,
  signSsh,
  verifyOpenPgp,
} from "../../src/keys/index.ts";
import { wireString, wireUint32 } from "../../src/keys/wire.ts";
import { parseCheckpoint } from "../../src/publish/log-format.ts";
import { parseLogLine } from "../../src/publish/log-lines.ts";
import { parseTagName, readSkill } from "../../src/skill/index.ts";
import { verifyTag } from "../../src/trust/index.ts";
import { startTestServer } from "../server.ts";
import type { Db } from "../../src/db/index.ts";

/** Something that reads bytes of strangers. `outcomes` are all the answers it may give; throwing is none of them. */
export type Target = {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  readonly words: readonly string[];
  readonly outcomes: readonly string[];
  /** Inputs in every run of the tests; 1,000 unless one takes long. */
  readonly rounds?: number;
  run(input: Buffer): string | Promise<string>;
  close?(): Promise<void>;
};

const OID = "1".repeat(40);
const AT = new Date("2026-03-01T12:00:00Z");
const pair = generateEd25519();
const verifier = createSshVerifier();
const NO_PGP = parseOpenPgpKeys(new Map());
const signers = parseAllowedSigners(`ann@x.test ${formatPublicKey(pair.publicKey)}`);
const payload = Buffer.from(
  `object ${OID}\ntype commit\ntag deploy--v1.0.0\ntagger Ann <ann@x.test> 1772366400 +0000\n\nDeploy 1.0.0\n`,
);
const armor = signSsh(pair, payload, "git");
const latin = (bytes: Buffer) => bytes.toString("latin1");
const buffers = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text));
const wrap = (bytes: Buffer, name: string) =>
  `-----BEGIN ${name}-----\n${(bytes.toString("base64").match(/.{1,70}/g) ?? []).join("\n")}\n-----END ${name}-----\n`;
const bodyOf = (text: string) =>
  Buffer.from(
    text
      .split("\n")
      .filter((line) => !line.startsWith("-"))
      .join(""),
    "base64",
  );

const tagObjects: Target = {
  name: "tag objects",
  seeds: [Buffer.concat([payload, Buffer.from(armor)]), payload],
  words: [`object ${OID}\n`, "type commit\n", "tagger ", "gpgsig ", "encoding latin1\n"],
  outcomes: ["trusted", "untrusted", "unsigned", "unreadable"],
  run: async (input) => {
    const verdict = await verifyTag(verifier, {
      seen: parseTagObject(input),
      tagName: "deploy--v1.0.0",
      signers,
      openPgpKeys: NO_PGP,
      revoked: new Map(),
      certificateMaxDays: 7,
      at: AT,
    });
    // Trust is for the bytes that were signed: whatever else is trusted is a forgery.
    if (verdict.kind === "trusted" && !input.subarray(0, payload.length).equals(payload))
      throw new Error("other bytes than were signed are trusted");
    return verdict.kind;
  },
};

const commits: Target = {
  name: "commit objects",
  seeds: buffers(
    `tree ${OID}\nparent ${OID}\nauthor A <a@x> 1772366400 +0000\ncommitter A <a@x> 1772366400 +0000\ngpgsig ${armor.trimEnd().replaceAll("\n", "\n ")}\n\nfeat: x\n`,
  ),
  words: ["gpgsig ", "mergetag ", `parent ${OID}\n`, "encoding x\n"],
  outcomes: ["ok", "unreadable"],
  run: (input) => parseCommit(input).kind,
};

const armours: Target = {
  name: "SSHSIG armour",
  seeds: buffers(armor),
  words: ["=", "==", "AAAA"],
  outcomes: ["good", "bad"],
  run: (input) => verifier.verify({ armor: latin(input), payload, namespace: "git" }).kind,
};

const blobs: Target = {
  name: "SSHSIG blobs",
  seeds: [bodyOf(armor)],
  words: ["ssh-ed25519", "ssh-rsa", "rsa-sha2-512", "sha256", "git", "\u0000\u0000\u0000\u0001"],
  outcomes: ["good", "bad"],
  run: (input) => {
    const { kind } = verifier.verify({
      armor: wrap(input, "SSH SIGNATURE"),
      payload,
      namespace: "git",
    });
    if (kind === "good" && !input.equals(bodyOf(armor)))
      throw new Error("a second form of one signature is good");
    return kind;
  },
};

const [x, d] = [pair.publicKey.blob.subarray(-32), pair.seed].map((part) =>
  part.toString("base64url"),
);
const privateKey = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", x, d }, format: "jwk" });
const statement = Buffer.concat([
  wireString("ssh-ed25519-cert-v01@openssh.com"),
  wireString("nonce"),
  wireString(pair.publicKey.blob.subarray(-32)),
  Buffer.alloc(8, 1),
  wireUint32(1),
  wireString("id"),
  wireString(wireString("ann@x.test")),
  Buffer.alloc(8),
  Buffer.alloc(8, 0xff),
  wireString(""),
  wireString(""),
  wireString(""),
  wireString(pair.publicKey.blob),
]);
const vouched = [wireString("ssh-ed25519"), wireString(sign(null, statement, privateKey))];
const certificates: Target = {
  name: "certificates",
  seeds: [Buffer.concat([statement, wireString(Buffer.concat(vouched))])],
  words: ["ssh-rsa-cert-v01@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com", "force-command"],
  outcomes: ["certificate", "bad"],
  run: (input) => readCertificate(input).kind,
};

const allowedSigners: Target = {
  name: "allowed_signers files",
  seeds: buffers(
    `# ours\nann@x.test,*@y.test namespaces="git",valid-after="20200101Z" ${formatPublicKey(pair.publicKey)} a comment\n`,
    `*@x.test,!eve@x.test cert-authority ${formatPublicKey(pair.publicKey)}\n`,
  ),
  words: ["cert-authority", 'valid-before="', "namespaces=", "*", "!", ",", '\\"'],
  outcomes: ["read"],
  run: (input) => {
    const read = parseAllowedSigners(input.toString("utf8"));
    findSigners(read, pair.publicKey, { namespace: "git", at: AT });
    return Array.isArray(read.entries) ? "read" : "no list";
  },
};

const publicKeys: Target = {
  name: "public key lines",
  seeds: buffers(formatPublicKey(pair.publicKey, "ann")),
  words: ["ssh-rsa", "ecdsa-sha2-nistp256"],
  outcomes: ["key", "bad"],
  run: (input) => parsePublicKey(input.toString("utf8")).kind,
};

/** Made by the library, since gpg may be absent. */
async function makeOpenPgpTargets(): Promise<Target[]> {
  const openpgp = await import("openpgp");
  const date = new Date("2026-02-01T00:00:00Z");
  const userIDs = [{ name: "Ann", email: "ann@x.test" }];
  const { privateKey } = await openpgp.generateKey({ userIDs, date, format: "object" });
  const message = await openpgp.createMessage({ binary: payload });
  const made = await openpgp.sign({ message, signingKeys: privateKey, detached: true, date: AT });
  const signature = String(made).replaceAll("\r\n", "\n");
  const key = privateKey.toPublic().armor().replaceAll("\r\n", "\n");
  const keys = parseOpenPgpKeys(new Map([["ann.asc", Buffer.from(key)]]));
  const verify = async (text: string, by = keys) =>
    (await verifyOpenPgp({ armor: text, payload }, by, AT)).kind;
  const words = ["Version: x\n", "=AAAA\n", "Comment: y\n"];
  return [
    {
      name: "OpenPGP armour",
      seeds: buffers(signature),
      words,
      outcomes: ["good", "bad"],
      rounds: 300,
      run: (input) => verify(latin(input)),
    },
    {
      name: "OpenPGP signatures",
      seeds: [bodyOf(signature.replace(/\n=.{4}\n/, "\n"))],
      words: [],
      outcomes: ["good", "bad"],
      rounds: 300,
      run: (input) => verify(wrap(input, "PGP SIGNATURE").replace("-----\n", "-----\n\n")),
    },
    {
      name: "OpenPGP keys",
      seeds: [bodyOf(key.replace(/\n=.{4}\n/, "\n"))],
      words: [],
      outcomes: ["good", "bad"],
      rounds: 300,
      run: (input) => {
        const text = wrap(input, "PGP PUBLIC KEY BLOCK").replace("-----\n", "-----\n\n");
        return verify(signature, parseOpenPgpKeys(new Map([["ann.asc", Buffer.from(text)]])));
      },
    },
  ];
}

const frontmatter: Target = {
  name: "SKILL.md",
  seeds: buffers(
    '---\nname: deploy\ndescription: Deploys a service. Use when somebody asks.\nlicense: MIT\nmetadata:\n  version: "1.2.0"\n  tags:\n    - a\nallowed-tools: Bash(git add:*) Read\n---\n# Deploy\n\nRead [notes](references/notes.md).\n',
    "---\nname: 'deploy'\ndescription: >-\n  Folded\n  text.\ncompatibility: |\n  x\n---\n\n```sh\nls\n```\n",
  ),
  words: [
    "&x ",
    "*x",
    "<<: *x",
    "? ",
    "!!binary ",
    "|+\n",
    ">-\n",
    "%YAML 1.1\n",
    "...\n",
    '"\\x41"',
  ],
  outcomes: ["publishable", "not publishable"],
  run: (input) => {
    const file = { path: "SKILL.md", mode: "100644" as const, size: input.length, bytes: input };
    const reading = readSkill([file], { dirName: "deploy", profile: "clients" });
    if (({} as Record<string, unknown>)["polluted"] !== undefined)
      throw new Error("a prototype was changed");
    return reading.publishable ? "publishable" : "not publishable";
  },
};

const LAW = {
  "trust/allowed_signers": `a@example.org ${formatPublicKey(pair.publicKey)}\n`,
  "registry.yaml": "name: Acme skills\n",
  "policy.yaml":
    "checks:\n  scan: required\n  evals: {need: optional, hold: [warn]}\nbump: require\ncertificates:\n  maxDays: 7\n",
  "sources/acme.yaml": "team: platform\nurl: https://git.example.org/beta.git\nbranch: release/1\n",
  "teams/platform.yaml":
    "name: Platform\nsigners: [a@example.org]\ngithub: {org: acme, team: platform}\n",
  "trust/revoked.yaml": `keys:\n  - fingerprint: ${pair.publicKey.fingerprint}\n    reason: lost\n    since: 2026-01-02T03:04:05Z\n`,
  "yanks/platform--deploy--v1.0.0.yaml": "skill: platform/deploy\nversion: 1.0.0\nreason: breaks\n",
  "approvals/a.yaml": `skill: platform/deploy\nversion: 1.0.0\ndigest: ${"a".repeat(64)}\nby: a@example.org\n`,
  "waivers/a.yaml": `skill: platform/deploy\nversion: 1.0.0\ndigest: ${"a".repeat(64)}\nrule: x\nrequestedBy: a@example.org\nby: b@example.org\nreason: known\nuntil: 2026-12-31T00:00:00Z\n`,
};
const LAW_PATHS = Object.keys(LAW);
/** The first byte says which file of the law is the changed one. */
const law: Target = {
  name: "files of the control repo",
  seeds: Object.values(LAW).map((text, at) =>
    Buffer.concat([Buffer.from([at]), Buffer.from(text)]),
  ),
  words: ["need: ", "signers: ", "url: ext::sh", "keys:\n", "- ", "since: ", "&x ", "*x"],
  outcomes: ["ok", "broken"],
  run: (input) => {
    const path = LAW_PATHS[(input[0] ?? 0) % LAW_PATHS.length] ?? "policy.yaml";
    const files = Object.entries({ ...LAW, [path]: input.subarray(1) });
    return parseControl(new Map(files.map(([name, text]) => [name, Buffer.from(text)]))).kind;
  },
};

const version = {
  coordinate: "acme/deploy@1.0.0",
  source: "s",
  tag: "deploy--v1.0.0",
  tagOid: OID,
  digest: "d",
};
const logLines: Target = {
  name: "lines and checkpoints of the registry log",
  seeds: [
    ...buffers(
      JSON.stringify({
        kind: "decided",
        key: "decided:x",
        at: AT.toISOString(),
        ...version,
        decision: "publish",
        code: null,
        reasons: [],
        remedy: null,
        checks: [],
        policy: "p",
        law: "l",
      }),
      JSON.stringify({ kind: "law", key: "law:x", at: AT.toISOString(), law: "x" }),
      `assay registry log\n12\n10\n${"a".repeat(64)}\n`,
    ),
  ],
  words: ['"kind":"accepted"', '"__proto__":{}', '"at":"2026"', "1".repeat(20)],
  outcomes: ["fact", "fault"],
  run: (input) => {
    const text = input.toString("utf8");
    parseCheckpoint(text);
    return "says" in parseLogLine(text, 1) ? "fault" : "fact";
  },
};

const evals: Target = {
  name: "evals files",
  seeds: buffers(
    '{"evals": [{"id": "a", "run": ["true"], "expect": {"stdout": {"regex": "^a+$"}}}]}',
    '{"evals": [{"prompt": "x", "assertions": ["y"]}, {"query": "z", "should_trigger": true}]}',
  ),
  words: ['"limits": {"timeout": "3s"}', '"__proto__"', "(a|b){9}", '"$ref": "#"', "[[[["],
  outcomes: ["suite", "invalid"],
  run: (input) => parseEvals(input, { paths: new Set(["evals/evals.json"]) }).kind,
};

const tagNames: Target = {
  name: "tag names",
  seeds: buffers("deploy--v1.2.0", "refs/tags/deploy/v1.0.0-rc.1", "deploy@1.0.0", "v1.0.0"),
  words: ["--v", "@", "/v", "-v", "..", "^{}", "0".repeat(50), "1.0.0-".repeat(20)],
  outcomes: ["skill", "bare", "did-you-mean", "ignored", "refused"],
  run: (input) =>
    parseTagName(input.toString("utf8"), { isOneSkillSource: true, knownSkillNames: ["deploy"] })
      .kind,
};

/** Whole requests over a socket: headers and body as a client would never send them. */
async function makeWebhooks(): Promise<Target> {
  const hooks = {
    find: async (slug: string) =>
      slug === "acme" ? { sourceId: "s", secrets: ["hush"] } : undefined,
    receive: async () => ({ kind: "stored" as const }),
  };
  // Nothing on the way of a webhook asks the database itself: `hooks` stands for all of it.
  const server = await startTestServer({} as Db, { hooks });
  const hmac = (body: string) => createHmac("sha256", "hush").update(body).digest("hex");
  const body = '{"ref":"refs/tags/deploy--v1.0.0"}';
  const request = (headers: string, text = body) =>
    `POST /hooks/acme HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n${headers}\r\n\r\n${text}`;
  return {
    name: "webhooks",
    seeds: buffers(
      request(`X-Hub-Signature-256: sha256=${hmac(body)}\r\nX-GitHub-Delivery: d1`),
      request(`X-Gitea-Signature: ${hmac(body)}\r\nX-Gitea-Delivery: d2`),
      request("X-Gitlab-Token: hush\r\nX-Gitlab-Event-UUID: d3"),
      request(
        "X-Gitlab-Token: hush\r\nContent-Type: application/x-www-form-urlencoded",
        "payload=%7B%7D",
      ),
      // Signed by the token, so that any body is read.
      request("X-Gitlab-Token: hush", "[".repeat(200)),
      request("X-Gitlab-Token: hush", '{"a":"\ud800","__proto__":{"polluted":1}}'),
    ),
    words: [
      "Transfer-Encoding: chunked\r\n",
      "Content-Encoding: gzip\r\n",
      "sha256=",
      "Expect: 100-continue\r\n",
      createHash("sha256").digest("hex"),
    ],
    outcomes: ["taken", "turned away", "cut off"],
    rounds: 150,
    run: (input) => ask(server.port, input),
    close: () => server.close(),
  };
}

/** A server error is an answer that no input may bring about. */
async function ask(port: number, input: Buffer): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const socket = connect({ host: "127.0.0.1", port });
  const end = () => {
    const status = Number(
      /^HTTP\/1\.1 (\d{3})/.exec(Buffer.concat(chunks).toString("latin1"))?.[1],
    );
    if (status >= 500 && status !== 501) reject(new Error(`the server answered ${status}`));
    else if (Number.isNaN(status)) resolve("cut off");
    else resolve(status < 300 ? "taken" : "turned away");
  };
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    socket.end();
  });
  socket.on("error", () => undefined);
  socket.on("close", end);
  // A request that says it is longer than it is ends with the socket; on a busy machine an answer takes its time.
  socket.setTimeout(2_000, () => socket.destroy());
  socket.end(input);
  return promise;
}

export async function openTargets(): Promise<Target[]> {
  const pure = [tagObjects, commits, armours, blobs, certificates, allowedSigners, publicKeys];
  const texts = [frontmatter, law, logLines, tagNames, evals];
  return [...pure, ...(await makeOpenPgpTargets()), ...texts, await makeWebhooks()];
}
