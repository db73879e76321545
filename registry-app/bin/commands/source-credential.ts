import { transaction } from "../../src/db/index.ts";
import { SYSTEM } from "../../src/people/index.ts";
import { syncSource } from "../../src/queue/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { removeCredential, setCredential, type NewCredential } from "../../src/sources/index.ts";
import { EXIT, text, wrongUsage, type Context, type Values } from "../command.ts";
import { getSource } from "../compose/get-source.ts";
import { readSealKey } from "../compose/master-secret.ts";
import type { Core } from "../compose/open-core.ts";
import { withCore } from "../compose/with-core.ts";
import { readSmallFile } from "../read-small-file.ts";
import type { Verb } from "../verbs.ts";

const MAX_BYTES = 64 * 1024;

/** `assay source credential`: how to sign in where a followed source lives. */
export const credentialVerb: Verb = {
  usage: "SLUG [--user NAME] [--file SECRET] [--known-hosts FILE] | SLUG --remove",
  does: "how to sign in where it lives: a token or password, or an ssh key; read from stdin without --file",
  words: 1,
  options: {
    user: { type: "string" },
    file: { type: "string" },
    "known-hosts": { type: "string" },
    remove: { type: "boolean" },
  },
  run: async (context, [slug = ""], values) =>
    values["remove"] === true ? remove(context, slug, values) : set(context, slug, values),
};

async function set(context: Context, slug: string, values: Values) {
  return withCore(context, async (core) => {
    const source = await getSource(core, slug);
    const isSsh = source.url?.startsWith("ssh:") === true;
    const known = text(values, "known-hosts");
    if (isSsh && known === undefined)
      throw new Refusal(
        "bad-request",
        "--known-hosts is missing: ssh talks to a host only by a key that you have seen.",
        "Get it with ssh-keyscan and hold its fingerprint against what the host publishes.",
      );
    if (isSsh ? text(values, "user") !== undefined : known !== undefined)
      throw wrongUsage("source", `--${isSsh ? "user" : "known-hosts"} is not for ${source.url}.`);
    const secret = await readSecret(text(values, "file"));
    const credential: NewCredential =
      known === undefined
        ? { kind: "https", user: text(values, "user") ?? "git", password: secret.trim() }
        : { kind: "ssh", privateKey: secret, knownHosts: readSmallFile(known, MAX_BYTES) };
    const sealKey = await readSealKey(core.config.secretFile);
    await transaction(core.db, async (tx) => {
      const at = core.clock.now();
      await setCredential({ sealKey }, tx, SYSTEM, source, { credential, at });
      await core.queue.enqueue(tx, syncSource, { sourceId: source.id });
    });
    context.print(
      { slug, credential: credential.kind },
      `Source ${slug} is signed in to by ${credential.kind} from now on.`,
    );
    context.say(`See whether it works: npx assay source sync ${slug}`);
    return EXIT.fine;
  });
}

async function remove(context: Context, slug: string, values: Values) {
  const foreign = ["user", "file", "known-hosts"].find((name) => values[name] !== undefined);
  if (foreign !== undefined) throw wrongUsage("source", `--remove does not go with --${foreign}.`);
  return withCore(context, async (core: Core) => {
    const source = await getSource(core, slug);
    const wasThere = await transaction(core.db, (tx) =>
      removeCredential(tx, SYSTEM, source, core.clock.now()),
    );
    if (!wasThere) {
      const hint = `Store one: npx assay source credential ${slug} --file FILE`;
      throw new Refusal("not-found", `No credential is stored for ${slug}.`, hint);
    }
    context.print({ slug, credential: null }, `The credential of ${slug} is forgotten.`);
    return EXIT.fine;
  });
}

/** Never an argument: those stand in the history of the shell and in the list of processes. */
async function readSecret(file: string | undefined): Promise<string> {
  if (file !== undefined) return readSmallFile(file, MAX_BYTES);
  if (process.stdin.isTTY)
    throw new Refusal(
      "bad-request",
      "The secret is read from stdin or a file, so that no terminal shows it.",
      "Write: npx assay source credential SLUG < FILE",
    );
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BYTES)
      throw new Refusal("too-large", `The secret has more than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
