import type { Fact } from "../facts.ts";
import type { Match } from "../types.ts";
import { ownersOf } from "./affinity.ts";
import { isNear, matchAt, sourcesOfKind } from "./flow.ts";
import type { Evidence, Rule } from "./rule.ts";
import { STORES } from "./secrets.ts";

const GATHERED: ReadonlySet<string> = new Set(STORES);

/** Stores of different kinds, read by one program: no task needs them all. */
function findSweeps({ facts }: Evidence): readonly Match[] {
  const reads = facts.filter((one) => one.op === "read-secret" && GATHERED.has(one.class ?? ""));
  const files = new Set(reads.map((one) => one.at.file));
  return [...files].flatMap((file) => {
    const [first, ...others] = reads.filter((one) => one.at.file === file);
    if (first === undefined) return [];
    const near = [first, ...others.filter((one) => isNear(one, first))];
    const classes = [...new Set(near.map((one) => one.class ?? ""))];
    const isBoth = classes.includes("wallet") && classes.includes("browser-profile");
    if (classes.length < 3 && !isBoth) return [];
    const message = `Secrets of ${classes.length} kinds are gathered: ${classes.join(", ")}.`;
    return [matchAt(first, message, near.slice(1, 4))];
  });
}

/** Keys of several owners, put together into one thing. */
function findBundled({ facts }: Evidence): readonly Match[] {
  return (
    facts
      .filter((fact) => ["encode", "write", "encrypt"].includes(fact.op))
      // An answer that was got with keys is not the keys, and a failure is told with what is known of it.
      .filter(
        (fact) =>
          sourcesOfKind(fact, "send").length + sourcesOfKind(fact, "download").length === 0 &&
          !/\bthrow new /.test(fact.excerpt),
      )
      .flatMap((fact) => {
        const secrets = sourcesOfKind(fact, "read-secret").filter(
          (one) => one.class === "environment-secret",
        );
        const owners = new Set(secrets.map((one) => ownersOf(one.target ?? "").join("-")));
        if (owners.size < 2 || isEachOwn(secrets) || IS_SIGN_IN.test(fact.excerpt)) return [];
        return [matchAt(fact, "Keys of several owners are put together.", secrets.slice(0, 4))];
      })
  );
}

/** A name and its password, joined as a request has them in its header; each may have been called in several ways. */
const IS_SIGN_IN =
  /\$\{[\w.]{0,40}user(?:name)?\}:\$\{[\w.]{0,40}pass(?:word)?\}|\bf?["']\{[\w.]{0,40}user(?:name)?\}:\{[\w.]{0,40}pass(?:word)?\}["']/i;

function isEachOwn(secrets: readonly Fact[]): boolean {
  return new Set(secrets.map((one) => one.target)).size < 2;
}

function findMetadata({ facts, about }: Evidence): readonly Match[] {
  const says = `${about.name} ${about.description}`.toLowerCase();
  if (/aws|gcp|azure|cloud|ec2|iam|ssrf|metadata/.test(says)) return [];
  return facts
    .filter((fact) => fact.class === "cloud-metadata")
    .map((fact) => matchAt(fact, "It asks the cloud for the machine's own credentials."));
}

export const CREDENTIAL_RULES: readonly Rule[] = [
  {
    id: "credentials.sweep",
    family: "credentials",
    title: "Secrets of many kinds are gathered",
    severity: "high",
    confidence: "structural",
    owasp: ["AST01"],
    why: "A program that reads keys, browsers and wallets together is looking for anything of value.",
    remedy: "Read the one secret that the task needs, and say so in the description.",
    find: findSweeps,
    examples: {
      flags: [
        {
          name: "keys, cloud and browser",
          files: {
            "s.sh":
              "cat ~/.ssh/id_rsa > /tmp/o\ncat ~/.aws/credentials >> /tmp/o\ncp ~/.mozilla/firefox/p/logins.json /tmp/l\n",
          },
        },
      ],
      passes: [{ name: "one key", files: { "s.sh": "ssh-add ~/.ssh/id_rsa\n" } }],
    },
  },
  {
    id: "credentials.bundled",
    family: "credentials",
    title: "Keys of several owners are put together",
    severity: "medium",
    confidence: "flow",
    owasp: ["AST01"],
    why: "Together they are of use to a thief, and to no service.",
    remedy: "Use each key where it is needed, and do not collect them.",
    find: findBundled,
    examples: {
      flags: [
        {
          name: "three vendors' keys as JSON",
          files: {
            "s.py":
              "import os, json\nall = {'a': os.environ['STRIPE_SECRET_KEY'], 'b': os.environ['SLACK_BOT_TOKEN'], 'c': os.environ['NPM_TOKEN']}\nout = json.dumps(all)\n",
          },
        },
      ],
      passes: [
        {
          name: "a name and its password, for a header",
          files: {
            "s.js":
              "const user = process.env.HARBOUR_TOKEN || process.env.PIER_TOKEN;\nconst password = process.env.HARBOUR_PASSWORD || process.env.PIER_PASSWORD;\nconst auth = Buffer.from(`${user}:${password}`).toString('base64');\n",
          },
        },
        {
          name: "one vendor's pair",
          files: {
            "s.py":
              "import os, json\nall = {'a': os.environ['AWS_ACCESS_KEY_ID'], 'b': os.environ['AWS_SECRET_ACCESS_KEY']}\nout = json.dumps(all)\n",
          },
        },
      ],
    },
  },
  {
    id: "credentials.cloud-metadata",
    family: "credentials",
    title: "The machine's own cloud credentials are asked for",
    severity: "medium",
    confidence: "structural",
    owasp: ["AST01"],
    why: "They carry the rights of the machine, which are not the skill's to use.",
    remedy: "Let the person sign in with a role of their own.",
    find: findMetadata,
    examples: {
      flags: [
        {
          name: "the metadata address",
          files: {
            "s.sh": "curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/\n",
          },
        },
      ],
      passes: [
        { name: "a local service", files: { "s.sh": "curl -s http://127.0.0.1:8080/meta\n" } },
      ],
    },
  },
];
