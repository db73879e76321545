import { Refusal } from "../../runtime/index.ts";
import type { AddedFinding, FileCoverage, RuleFacts } from "../../scan/index.ts";
import type { Reviewer } from "../reviewer.ts";
import { askClamd, toClamdAddress, type ClamdReply } from "./ask-clamd.ts";

export type ClamdWish = {
  /** `tcp://host:port` or `unix:///path`. */
  readonly url: string;
  readonly deadlineMs?: number;
};

const DEADLINE_MS = 30_000;

/** What the virus scanner finds, whatever the signature's name is. */
export const CLAMD_RULE = {
  id: "malware.clamav",
  family: "harmful",
  title: "The virus scanner knows a file",
  severity: "critical",
  confidence: "structural",
  owasp: ["AST01"],
  why: "A signature of known malware matches the bytes of this file.",
  remedy: "Take the file out. If it is harmless, have the signature corrected where it comes from.",
  isIndicator: true,
} as const satisfies RuleFacts;

/** The virus scanner at this address; refuses when none answers there. Its version is that of its signatures as well. */
export async function openClamd({ url, deadlineMs = DEADLINE_MS }: ClamdWish): Promise<Reviewer> {
  const address = toClamdAddress(url);
  const hello = await askClamd(address, "VERSION", null, deadlineMs);
  const version = hello.kind === "said" ? versionOf(hello.text) : undefined;
  if (version === undefined) throw noClamd(url, hello);
  return {
    name: "clamd",
    version,
    async review(files) {
      const findings: AddedFinding[] = [];
      const gaps: FileCoverage[] = [];
      for (const { path, bytes } of files) {
        const reply = await askClamd(address, "INSTREAM", bytes, deadlineMs);
        if (reply.kind === "silent") {
          // It hangs up on a file that is too large, and its answer can be lost with the connection.
          const again = reply.isCut && (await askClamd(address, "VERSION", null, deadlineMs));
          if (again === false || again.kind === "silent")
            return { kind: "unavailable", because: reply.because };
          gaps.push(toGap(path, "The virus scanner hung up while it was sent this."));
          continue;
        }
        const told = readVerdict(reply.text);
        if (told.kind === "found") findings.push(toFinding(path, told.signature));
        if (told.kind === "unread") gaps.push(toGap(path, told.because));
      }
      return { kind: "findings", findings, gaps };
    },
  };
}

/** `ClamAV 1.4.6/27500/Mon Nov 23 09:00:00 2026`: the engine, then its signatures where it has the official ones. */
function versionOf(text: string): string | undefined {
  const [, engine, signatures] =
    /^ClamAV (\d[\w.]{0,30})[^/]{0,60}(?:\/(\d{1,10}))?/.exec(text) ?? [];
  if (engine === undefined) return undefined;
  return signatures === undefined ? engine : `${engine}-${signatures}`;
}

type Told =
  | { readonly kind: "clean" }
  | { readonly kind: "found"; readonly signature: string }
  | { readonly kind: "unread"; readonly because: string };

/** `stream: OK`, `stream: NAME FOUND`, or anything else, which is no word for the file. */
function readVerdict(text: string): Told {
  if (text === "stream: OK") return { kind: "clean" };
  if (text.startsWith("stream: ") && text.endsWith(" FOUND"))
    return { kind: "found", signature: text.slice("stream: ".length, -" FOUND".length) };
  return { kind: "unread", because: `The virus scanner did not read it: ${text.slice(0, 200)}` };
}

function toFinding(file: string, signature: string): AddedFinding {
  const { id, family, title: _title, ...facts } = CLAMD_RULE;
  return {
    ...facts,
    rule: id,
    category: family,
    file,
    line: 1,
    message: `The virus scanner knows this file as ${signature}.`,
    evidence: signature,
    chain: [],
  };
}

function toGap(file: string, because: string): FileCoverage {
  return { file, state: "partly", because };
}

function noClamd(url: string, hello: ClamdReply): Refusal {
  const why = hello.kind === "silent" ? hello.because : "What answers there is no clamd.";
  return new Refusal(
    "bad-request",
    `No virus scanner answers at ${url}. ${why}`,
    "Start clamd, correct CLAMD_URL, or leave CLAMD_URL away.",
  );
}
