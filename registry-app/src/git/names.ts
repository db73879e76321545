const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const REF = /^(?:HEAD|refs\/[A-Za-z0-9._@+/-]{1,250})$/;
const REF_PREFIX = /^refs\/[A-Za-z0-9._@+/-]{0,250}$/;

/** True for a full object id in git's lower-case hex, SHA-1 or SHA-256. */
export function isOid(text: string): boolean {
  return OID.test(text);
}

/** Throws unless the text is a full object id, so that no option or revision syntax reaches git. */
export function checkedOid(text: string): string {
  if (!isOid(text)) throw new Error(`not an object id: ${JSON.stringify(text.slice(0, 80))}`);
  return text;
}

/** True for a ref that Assay handles: a small alphabet within what `git check-ref-format` takes. */
export function isRefName(text: string): boolean {
  if (!REF.test(text)) return false;
  return (
    text
      .split("/")
      .every(
        (part) =>
          part !== "" && !part.startsWith(".") && !part.endsWith(".") && !part.endsWith(".lock"),
      ) && !text.includes("..")
  );
}

/** Throws unless the text is a ref that Assay handles. */
export function checkedRef(text: string): string {
  if (!isRefName(text)) throw new Error(`not a ref name: ${JSON.stringify(text.slice(0, 80))}`);
  return text;
}

/** Throws unless the text can only be a prefix of refs: no pattern characters. */
export function checkedRefPrefix(text: string): string {
  if (!REF_PREFIX.test(text))
    throw new Error(`not a ref prefix: ${JSON.stringify(text.slice(0, 80))}`);
  return text;
}
