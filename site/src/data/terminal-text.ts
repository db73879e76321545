/** Colours and styles, which say nothing here. */
const STYLES = /\p{Cc}\[[\d;:]{0,60}m/gu;
const SHOWN_BYTES = 64 * 1024;

/**
 * What a program wrote to a terminal, as text: colours are dropped; every other control code stays, and is shown by name
 * where it is printed (`safe-text.ts`), so that nothing can move, hide or link. The beginning, as far as a page shows it.
 */
export function readStream({ base64 }: { readonly base64: string }): string {
  const bytes = Buffer.from(base64, "base64").subarray(0, SHOWN_BYTES);
  return bytes.toString("utf8").replaceAll(STYLES, "").replaceAll("\r\n", "\n");
}
