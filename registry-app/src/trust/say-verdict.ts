import type {
  Clause,
  SignatureVerdict,
  UnreadableCode,
  UnsignedCode,
  UntrustedCode,
} from "./types.ts";

export type UntrustedFacts = {
  readonly key?: string;
  readonly signer?: { readonly principal: string };
};

export function held(name: string, evidence: string): Clause {
  return { name, held: true, evidence };
}

export function fail<Verdict extends object>(
  clauses: readonly Clause[],
  name: string,
  evidence: string,
  verdict: Verdict,
) {
  return { ...verdict, evidence, clauses: [...clauses, { name, held: false, evidence }] };
}

export function unreadable(because: UnreadableCode, evidence: string): SignatureVerdict {
  return fail([], "tag", evidence, { kind: "unreadable", because } as const);
}

export function unsigned(
  because: UnsignedCode,
  clauses: readonly Clause[],
  evidence: string,
): SignatureVerdict {
  const name = because === "LIGHTWEIGHT" ? "tag" : "signature";
  return fail(clauses, name, evidence, { kind: "unsigned", because } as const);
}

export function untrusted(
  because: UntrustedCode,
  clauses: readonly Clause[],
  name: string,
  evidence: string,
  facts: UntrustedFacts = {},
): SignatureVerdict {
  return fail(clauses, name, evidence, { kind: "untrusted", because, ...facts } as const);
}

/** A stranger's text: cut short, with its odd characters spelled out. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
