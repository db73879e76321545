import { isMap, isSeq, parseDocument, type Document } from "yaml";
import { Refusal } from "../runtime/index.ts";
import { withFile } from "./edits.ts";
import { REVOKED } from "./parse-control.ts";
import { parseYaml } from "./parse-yaml.ts";
import { indexRevocations, isRevokedAlready, type RevocationEntry } from "./revocations.ts";
import { revokedSchema } from "./schemas.ts";
import type { ControlFiles, Revocations } from "./types.ts";

/** A line of trust/revoked.yaml as somebody wrote it, not read yet. */
export type NewRevocation = {
  readonly list: "keys" | "principals" | "certificates";
  readonly fields: Readonly<Record<string, string>>;
};

/** What the line means; throws `Refusal` when it is none. */
export function readRevocation({ list, fields }: NewRevocation): RevocationEntry {
  const read = revokedSchema.safeParse({ [list]: [fields] });
  const [entry] = read.success ? read.data : [];
  if (entry !== undefined) return entry;
  const [issue] = read.success ? [] : read.error.issues;
  const where = issue?.path.at(-1);
  throw new Refusal(
    "unprocessable",
    `This cannot be revoked: ${typeof where === "string" ? `${where} ` : ""}${issue?.message ?? "nothing is named"}.`,
    "Fingerprints are as ssh-keygen -l prints them, times such as 2026-12-31T00:00:00Z.",
  );
}

/** Nothing but this one. */
export function revocationsOf(revocation: NewRevocation): Revocations {
  return indexRevocations([readRevocation(revocation)]);
}

/** The files with one more revocation; what is revoked in the same way already stays as it is. */
export function addRevocation(files: ControlFiles, revocation: NewRevocation): ControlFiles {
  const text = files.get(REVOKED)?.toString("utf8") ?? "";
  const after = appendRevocation(text, revocation);
  return after === text ? files : withFile(files, REVOKED, after);
}

/** The text of a file like trust/revoked.yaml with one more line; comments stay. */
export function appendRevocation(text: string, revocation: NewRevocation): string {
  const entry = readRevocation(revocation);
  if (isRevokedAlready(readRevocations(text), entry)) return text;
  const document = parseDocument(text.trim() === "" ? "{}\n" : text);
  addLine(document, revocation);
  return document.toString();
}

/** What a file like trust/revoked.yaml revokes; nothing where it is broken, which is told when the law is read. */
export function readRevocations(text: string): Revocations {
  const read = parseYaml(REVOKED, Buffer.from(text), revokedSchema);
  return indexRevocations(read.kind === "ok" ? read.value : []);
}

function addLine(document: Document, { list, fields }: NewRevocation): void {
  const { contents } = document;
  if (isMap(contents)) contents.flow = false;
  const lines = document.get(list);
  if (isSeq(lines)) lines.flow = false;
  else document.set(list, document.createNode([]));
  document.addIn([list], document.createNode(fields));
}
