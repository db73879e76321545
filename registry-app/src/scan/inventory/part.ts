import type { Layer } from "../facts.ts";
import type { AnomalyKind } from "./anomaly.ts";
import type { InventoryLimits } from "./limits.ts";
import type { Language } from "./scan-file.ts";

/** Something that was in a file, and is read like a file of its own. */
export type Part = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly via: Layer;
  /** When it is known; otherwise it is told from name and bytes. */
  readonly language?: Language;
};

export type Odd = {
  readonly kind: AnomalyKind;
  readonly detail: string;
  readonly subject: string | null;
};

export type Opened = {
  readonly parts: readonly Part[];
  readonly odd: readonly Odd[];
  /** What was not read, as sentences. */
  readonly gaps: readonly string[];
};

/** What all files of a skill may unpack to together; readers take from it. */
export type Budget = { readonly limits: InventoryLimits; bytes: number; files: number };

export const NOTHING_IN_IT: Opened = { parts: [], odd: [], gaps: [] };

export function textPart(name: string, text: string, language: Language = "text"): Part {
  return { name, bytes: new Uint8Array(Buffer.from(text, "utf8")), via: "metadata", language };
}

/** Texts that were found in a picture or a document, one a line, as one part; none when there are none. */
export function textParts(name: string, texts: readonly string[], budget: Budget): readonly Part[] {
  const told = texts.map((text) => text.trim()).filter((text) => text.length >= 3);
  const cut = told.slice(0, budget.limits.metadataPieces).join("\n");
  return cut === "" ? [] : [textPart(name, cut.slice(0, budget.limits.metadataBytes))];
}
