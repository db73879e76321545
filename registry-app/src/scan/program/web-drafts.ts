import type { Fact } from "../facts.ts";
import { describeUrl } from "../targets/classify-url.ts";
import { secretAt } from "../targets/classify-path.ts";
import type { Draft } from "./operations.ts";
import { outline, type Value } from "./value.ts";

/** Facts about an address, in whatever language it is spoken to. */

export type Spoken = {
  readonly url: Value | undefined;
  /** What goes out with the request: body, form, files. */
  readonly body: readonly Value[];
  /** What tells who asks: headers, user and password. */
  readonly headers: readonly Value[];
  readonly isSending: boolean;
};

/** A request: bytes out when it carries any, bytes in otherwise. What is in the address travels too. */
export function draftRequest({ url, body, headers, isSending }: Spoken): readonly Draft[] {
  const text = url === undefined ? "…" : outline(url);
  const found = describeUrl(text);
  const isCloud = secretAt(text) === "cloud-metadata";
  const target = found?.url ?? text;
  const wasDecoded = (url?.facts ?? []).some((fact) => fact.op === "decode");
  const isDynamic = found === null || url?.text === null;
  const traits = [
    ...(found?.traits ?? []),
    ...(isDynamic ? (["dynamic"] as const) : []),
    ...(wasDecoded ? (["obfuscated"] as const) : []),
  ];
  if (isCloud) return [{ op: "read-secret", target, class: "cloud-metadata", traits }];
  // No service is told who asks by a private key or a file of credentials: a header that holds one carries it out.
  const loaded = headers.filter((value) =>
    value.facts.some(({ class: of }) => STORED.has(of ?? "")),
  );
  const carried = [...body, ...loaded, ...(url === undefined ? [] : [url])].flatMap(
    (value) => value.facts,
  );
  const isCarrying = isSending || carried.some(isTaken);
  const signedIn = headers.some((value) => value.facts.some(isTaken)) ? "signed-in" : null;
  const from = [...new Set(isCarrying ? carried : (url?.facts ?? []))];
  return isCarrying
    ? [{ op: "send", target, traits, class: signedIn, from }]
    : [{ op: "download", target, traits, class: signedIn, from }];
}

const STORED: ReadonlySet<string> = new Set([
  "ssh-key",
  "private-key",
  "cloud-credentials",
  "browser-profile",
  "wallet",
]);

/** Whether a fact brings in something that is not the program's own. */
export function isTaken(fact: Fact): boolean {
  return ["read-secret", "read-environment", "read-file", "capture", "encrypt"].includes(fact.op);
}
