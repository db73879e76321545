const MIN_SECRET_LENGTH = 4;

/** The text without these secrets: a host may say back what it was told, and what it says is shown on a page. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets.flatMap(formsOf).toSorted((a, b) => b.length - a.length))
    clean = clean.replaceAll(secret, "[secret]");
  return clean;
}

function formsOf(secret: string): string[] {
  if (secret.length < MIN_SECRET_LENGTH) return [];
  const bytes = Buffer.from(secret);
  const [base64, url] = [bytes.toString("base64"), bytes.toString("base64url")];
  return [secret, base64, base64.replace(/=+$/, ""), url, encodeURIComponent(secret)];
}
