import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "../../src/audit/index.ts";
import { formatPublicKey, generateEd25519 } from "../../src/keys/index.ts";
import { authenticate } from "../../src/people/index.ts";
import { systemClock } from "../../src/runtime/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { makeTemporaryFolder } from "../temporary-folder.ts";
import { runCli } from "./run-cli.ts";

const STORY_MS = 120_000;

let database: TestDatabase;
let home: string;

beforeAll(async () => {
  database = await createTestDatabase();
  home = await makeTemporaryFolder("assay-cli-");
});
afterAll(async () => {
  await database.close();
  await rm(home, { recursive: true, force: true });
});

const assay = (...args: string[]) =>
  runCli(args, { cwd: home, env: { ASSAY_HOME: home, DATABASE_URL: database.url } });

describe("operating a registry from the command line", () => {
  const pair = generateEd25519();
  const publicKey = formatPublicKey(pair.publicKey, "ada@laptop");
  const { fingerprint } = pair.publicKey;

  it(
    "lets a second author in by `key add` and `token create` alone, and tells it on a quiet stderr",
    async () => {
      const team = await assay("team", "add", "acme", "--name", "Acme Platform", "--json");
      expect(team).toMatchObject({ code: 0 });
      expect(team.lines()).toEqual([
        { slug: "acme", name: "Acme Platform", signers: [], sources: [] },
      ]);
      const source = await assay("source", "add", "acme-skills", "--team", "acme", "--json");
      expect(source.lines()).toEqual([
        {
          slug: "acme-skills",
          team: "acme",
          kind: "hosted",
          url: "http://127.0.0.1:4321/git/acme-skills.git",
          visibility: "public",
          branch: "main",
        },
      ]);
      const file = join(home, "ada.pub");
      await writeFile(file, `${publicKey}\n`);
      const key = await assay(
        "key",
        "add",
        "ada@acme.example",
        "--team",
        "acme",
        "--key-file",
        file,
      );
      expect(key.stdout).toContain(`ada@acme.example may publish for acme with ${fingerprint}`);
      const token = await assay(
        ..."token create laptop --team acme --scope push --days 3 --json".split(" "),
      );
      const [made] = token.lines();
      expect(made).toMatchObject({ name: "laptop", team: "acme", scopes: ["push"] });
      expect(token.stderr).not.toContain('"level"');
      const actor = await authenticate(
        { clock: systemClock },
        database.db,
        String(made?.["token"]),
      );
      expect(actor).toMatchObject({ kind: "team", scopes: ["push"] });
      const listed = await assay("key", "list", "--json");
      expect(listed.lines()).toEqual([
        {
          principal: "ada@acme.example",
          fingerprint,
          type: "ssh-ed25519",
          teams: ["acme"],
          sources: [],
          validAfter: null,
          validBefore: null,
          state: "valid",
        },
      ]);
      const entries = await listAudit(database.db, { action: "control.change" });
      expect(entries.map((entry) => [entry.actor, entry.subject]).toReversed()).toEqual([
        ["system", "team:acme"],
        ["system", "source:acme-skills"],
        ["system", "key:ada@acme.example"],
      ]);
    },
    STORY_MS,
  );

  it(
    "lists what there is, one line of JSON each, and never a token's text",
    async () => {
      const teams = await assay("team", "list", "--json");
      expect(teams.lines()).toEqual([
        {
          slug: "acme",
          name: "Acme Platform",
          signers: ["ada@acme.example"],
          sources: ["acme-skills"],
        },
      ]);
      const sources = await assay("source", "list");
      expect(sources.stdout).toMatch(/^acme-skills {2}acme {2}hosted {2}public {2}main /);
      const tokens = await assay("token", "list", "--json");
      expect(tokens.lines()).toMatchObject([{ name: "laptop", team: "acme", state: "live" }]);
      expect(tokens.stdout).not.toContain("assay_");
      const id = String(tokens.lines()[0]?.["id"]);
      expect(await assay("token", "revoke", id)).toMatchObject({ code: 0 });
      const after = await assay("token", "list", "--team", "acme", "--json");
      expect(after.lines()).toMatchObject([{ id, state: "revoked" }]);
    },
    STORY_MS,
  );

  it(
    "ends a person's signing for a team with their membership",
    async () => {
      const created = await assay("user", "create", "ada@acme.example", "--name", "Ada", "--json");
      expect(created.lines()).toMatchObject([
        { email: "ada@acme.example", name: "Ada", admin: false, disabled: false },
      ]);
      const into = await assay(
        ..."team members acme --add ada@acme.example --role admin --json".split(" "),
      );
      expect(into.lines()).toEqual([
        { team: "acme", email: "ada@acme.example", name: "Ada", role: "admin" },
      ]);
      const out = await assay("team", "members", "acme", "--remove", "ADA@acme.example", "--json");
      expect(out).toMatchObject({ code: 0, stdout: "" });
      const keys = await assay("key", "list", "--json");
      expect(keys.lines()).toMatchObject([{ fingerprint, teams: [] }]);
      const users = await assay("user", "list", "--json");
      expect(users.lines()).toHaveLength(1);
    },
    STORY_MS,
  );

  it(
    "syncs a source and gives its webhook a secret that stays the same",
    async () => {
      const sync = await assay("source", "sync", "acme-skills", "--json");
      expect(sync.lines()).toEqual([
        { slug: "acme-skills", kind: "synced", appeared: 0, drifted: 0, commits: 0 },
      ]);
      const [first, second] = [
        await assay("source", "secret", "acme-skills", "--json"),
        await assay("source", "secret", "acme-skills", "--json"),
      ];
      expect(first.lines()).toEqual(second.lines());
      expect(first.lines()[0]?.["secret"]).toMatch(/^[\w-]{43}$/);
    },
    STORY_MS,
  );

  it.each([
    [["team", "add", "acme", "--name", "Twice"], /Team acme exists/],
    [["source", "add", "acme-skills", "--team", "acme"], /Source acme-skills exists/],
    [
      ["source", "add", "x", "--team", "acme", "--url", "https://10.0.0.1/x.git"],
      /private address/,
    ],
    [["user", "create", "ADA@acme.example"], /already an account/],
    [["key", "add", "bob@acme.example", "--team", "acme", "--key", publicKey], /is the key of ada/],
    [["key", "add", "bob@acme.example", "--team", "acme"], /has no key/],
    [["key", "add", "bob@acme.example", "--team", "acme", "--key", "nonsense"], /not the line of/],
    [["source", "sync", "nowhere"], /There is no source nowhere/],
  ])(
    "refuses %j with a sentence and what to do",
    async (args, sentence) => {
      const run = await assay(...args);
      expect(run).toMatchObject({ code: 2, stdout: "" });
      expect(run.stderr).toMatch(sentence);
      expect(run.stderr).not.toContain("our fault");
    },
    STORY_MS,
  );
});
