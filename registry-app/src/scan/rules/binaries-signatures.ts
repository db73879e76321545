import type { RuleFamily, ScanSeverity } from "../types.ts";
import { anomaliesOf } from "./anomalies.ts";
import type { Evidence, Rule } from "./rule.ts";
import { SIGNATURE_EXAMPLES as EXAMPLES } from "./binaries-signature-examples.ts";

type Row = {
  readonly signature: keyof typeof EXAMPLES;
  readonly family: RuleFamily;
  readonly severity: ScanSeverity;
  readonly title: string;
  readonly why: string;
};

const ROWS: readonly Row[] = [
  {
    signature: "reverse_shell",
    family: "code-execution",
    severity: "high",
    title: "A shell for somebody elsewhere",
    why: "It connects a shell of the machine to a host elsewhere, which then does what it likes.",
  },
  {
    signature: "web_shell",
    family: "code-execution",
    severity: "high",
    title: "A page that runs what it is sent",
    why: "Whoever can reach the page runs commands on the server.",
  },
  {
    signature: "miner",
    family: "resources",
    severity: "high",
    title: "A miner of coins",
    why: "It uses the machine of others to earn money.",
  },
  {
    signature: "packed_with_upx",
    family: "obfuscation",
    severity: "medium",
    title: "A packed program",
    why: "A packer rewrites a program so that nobody can read it before it runs.",
  },
  {
    signature: "browser_stealer",
    family: "credentials",
    severity: "high",
    title: "A program that takes passwords out of browsers",
    why: "It knows where browsers keep passwords and cookies, how to open them, and where to send them.",
  },
  {
    signature: "wallet_stealer",
    family: "credentials",
    severity: "high",
    title: "A program that looks for wallets",
    why: "It knows the places of several wallets; a program that needs one knows its own.",
  },
  {
    signature: "process_injection",
    family: "privilege",
    severity: "high",
    title: "A program that writes itself into others",
    why: "Code in the memory of another program acts with its name and its rights.",
  },
  {
    signature: "remote_control",
    family: "code-execution",
    severity: "high",
    title: "A program to control the machine from afar",
    why: "It carries the loader of a known kit for remote control.",
  },
  {
    signature: "key_logger",
    family: "credentials",
    severity: "high",
    title: "A program that records keys and sends",
    why: "It hooks the keyboard of other programs and speaks to the network.",
  },
  {
    signature: "password_prompt",
    family: "social-engineering",
    severity: "high",
    title: "A program that asks for the password of the machine",
    why: "It shows a dialog of its own that asks for a password or opens the keychain.",
  },
  {
    signature: "ransom",
    family: "resources",
    severity: "high",
    title: "A demand for ransom",
    why: "It removes backups, or tells that files are encrypted and where to pay.",
  },
];

function findSignature(signature: string): Rule["find"] {
  return (evidence: Evidence) =>
    anomaliesOf(evidence, "signature")
      .filter((one) => one.subject === signature && evidence.standingAt(one.at) === "plain")
      .map(({ at, detail }) => ({
        at,
        evidence: detail,
        message: `Signature ${signature}.`,
        chain: [],
      }));
}

/** Machine code and programs that no grammar reads, by signatures that ask for several traits at once. */
export const SIGNATURE_RULES: readonly Rule[] = ROWS.map(
  ({ signature, family, severity, title, why }): Rule => ({
    id: `${family}.signature-${signature.replaceAll("_", "-")}`,
    family,
    title,
    severity,
    confidence: "structural",
    owasp: ["AST01"],
    why,
    remedy: "Leave the program out, or ship its source and say what it is for.",
    find: findSignature(signature),
    examples: EXAMPLES[signature],
  }),
);
