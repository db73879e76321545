export type SignerOptions = {
  readonly namespaces?: string;
  readonly validAfterMs?: number;
  readonly validBeforeMs?: number;
  readonly isAuthority?: boolean;
};

type Step = { readonly options: SignerOptions; readonly rest: string };

/** Options of an allowed_signers line, or the sentence that says what is wrong with them. */
export function readSignerOptions(text: string): SignerOptions | string {
  let options: SignerOptions = {};
  let rest = text;
  for (;;) {
    const step = readOption(rest, options);
    if (typeof step === "string") return step;
    options = step.options;
    if (step.rest === "") break;
    if (!step.rest.startsWith(",")) return `a comma is missing before ${shown(step.rest)}`;
    rest = step.rest.slice(1);
    if (rest === "") return "the options end in a comma";
  }
  const { validAfterMs: after, validBeforeMs: before } = options;
  if (after !== undefined && before !== undefined && before <= after)
    return "valid-before is not later than valid-after";
  return options;
}

function readOption(text: string, options: SignerOptions): Step | string {
  const name = /^[A-Za-z-]{1,32}/.exec(text)?.[0].toLowerCase() ?? "";
  const rest = text.slice(name.length);
  if (name === "cert-authority" && !rest.startsWith("="))
    return { options: { ...options, isAuthority: true }, rest };
  if (name !== "namespaces" && name !== "valid-after" && name !== "valid-before")
    return `the option ${shown(text)} is not known: namespaces, valid-after, valid-before, cert-authority are`;
  const quoted = dequote(rest);
  if (quoted === undefined) return `${name} needs a value in quotation marks: ${name}="…"`;
  return withValue(name, quoted.value, { options, rest: quoted.rest });
}

function withValue(
  name: "namespaces" | "valid-after" | "valid-before",
  value: string,
  { options, rest }: Step,
): Step | string {
  if (name === "namespaces") {
    if (options.namespaces !== undefined) return "namespaces is given twice";
    return { options: { ...options, namespaces: value }, rest };
  }
  const field = name === "valid-after" ? "validAfterMs" : "validBeforeMs";
  if (options[field] !== undefined) return `${name} is given twice`;
  const timeMs = readTime(value);
  if (timeMs === undefined) return `${name} is not a time such as 20301231 or 20301231235959Z`;
  return { options: { ...options, [field]: timeMs }, rest };
}

function dequote(text: string): { value: string; rest: string } | undefined {
  if (!text.startsWith('="')) return undefined;
  let value = "";
  for (let at = 2; at < text.length; at += 1) {
    if (text[at] === '"') return { value, rest: text.slice(at + 1) };
    if (text[at] === "\\" && text[at + 1] === '"') at += 1;
    value += text[at] ?? "";
  }
  return undefined;
}

/** `YYYYMMDD[HHMM[SS]][Z]` as UTC in milliseconds; 30 February is 1 March, as for ssh-keygen. */
function readTime(text: string): number | undefined {
  const digits = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/.exec(text)?.slice(1);
  if (digits === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.map((part) =>
    Number(part ?? 0),
  );
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
