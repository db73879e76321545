/**
 * The few forms of YARA that our own signatures are written in, in plain JavaScript: the real engine is compiled code for
 * each machine, too large to lie in a repo. The bundle takes this file in its place, and a test holds the two together.
 */
type Hit = { readonly ruleIdentifier: string; readonly matches: readonly Found[] };
type Found = { readonly offset: number; readonly length: number };
type Pattern = { readonly name: string; readonly expression: RegExp; readonly widths: Widths };
type Widths = { readonly isAscii: boolean; readonly isWide: boolean };
type Subject = { readonly data: Buffer; readonly found: ReadonlyMap<string, Found> };
type Condition = (subject: Subject) => boolean;
type Rule = {
  readonly name: string;
  readonly patterns: readonly Pattern[];
  readonly condition: Condition;
};

/** Throws for what is not written in those forms. */
export function compile(source: string): { readonly scan: (data: Buffer) => readonly Hit[] } {
  const rules = parseRules(source);
  return {
    scan(data) {
      const texts = toTexts(data);
      return rules.flatMap((rule) => {
        const found = new Map<string, Found>();
        for (const pattern of rule.patterns) {
          const first = findFirst(pattern, texts);
          if (first !== undefined) found.set(pattern.name, first);
        }
        if (!rule.condition({ data, found })) return [];
        return [{ ruleIdentifier: rule.name, matches: [...found.values()] }];
      });
    },
  };
}

type Text = { readonly text: string; readonly start: number; readonly step: 1 | 2 };

/** The bytes as characters and, where any is zero, both ways to read them as characters of two bytes. */
function toTexts(data: Buffer): readonly Text[] {
  const narrow: Text = { text: data.toString("latin1"), start: 0, step: 1 };
  if (!data.includes(0)) return [narrow];
  return [narrow, toWide(narrow.text, 0), toWide(narrow.text, 1)];
}

function toWide(text: string, start: 0 | 1): Text {
  let wide = "";
  for (let at = start; at + 1 < text.length; at += 2)
    wide += text.charCodeAt(at + 1) === 0 ? text.charAt(at) : "\uffff";
  return { text: wide, start, step: 2 };
}

function findFirst({ expression, widths }: Pattern, texts: readonly Text[]): Found | undefined {
  const found = texts.flatMap(({ text, start, step }) => {
    if (step === 1 ? !widths.isAscii : !widths.isWide) return [];
    const match = expression.exec(text);
    return match === null
      ? []
      : [{ offset: start + match.index * step, length: match[0].length * step }];
  });
  return found.toSorted((a, b) => a.offset - b.offset)[0];
}

const RULE = /\s*rule (\w+) \{\s*strings:([^]*?)\n\s*condition:([^]*?)\n\}/y;

function parseRules(source: string): readonly Rule[] {
  const rules: Rule[] = [];
  const expression = new RegExp(RULE);
  let end = 0;
  for (let rule = expression.exec(source); rule !== null; rule = expression.exec(source)) {
    const [, name = "", strings = "", condition = ""] = rule;
    const patterns = strings.trim().split("\n").map(parsePattern);
    const names = patterns.map((one) => one.name);
    rules.push({ name, patterns, condition: parseCondition(condition, names) });
    end = expression.lastIndex;
  }
  if (source.slice(end).trim() !== "") throw new Error("a signature is not written in known forms");
  return rules;
}

const PATTERN =
  /^\s*\$(\w+) = (?:"((?:[^"\\]|\\.)*)"|\/((?:[^/\\]|\\.)+)\/)((?: (?:ascii|wide|nocase))*)$/;

function parsePattern(line: string): Pattern {
  const [all, name = "", text, expression = "", words = ""] = PATTERN.exec(line) ?? [];
  if (all === undefined) throw new Error(`a pattern is not written in known forms: ${line.trim()}`);
  const body = text === undefined ? toExpression(expression) : toLiteral(text);
  const isWide = words.includes(" wide");
  return {
    name,
    expression: new RegExp(body, words.includes(" nocase") ? "i" : ""),
    widths: { isAscii: !isWide || words.includes(" ascii"), isWide },
  };
}

function toLiteral(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1").replaceAll(/[^A-Za-z0-9 _]/g, "\\$&");
}

/** A dot is anything but a line feed there, and less than that here. */
function toExpression(expression: string): string {
  return expression.replaceAll(/\\.|\[(?:[^\]\\]|\\.)+\]|\./g, (part) =>
    part === "." ? "[^\\n]" : part,
  );
}

const TOKEN =
  /\s*(any|all|of|them|and|or|filesize|uint16\(0\)|uint32\(0\)|==|<|0x[0-9a-f]+|\d+(?:MB)?|\$\w+\*?|[(),])/y;

/** `or` of `and` of: a name, so many of some names, a number at the start, a size, or all that in brackets. */
function parseCondition(text: string, names: readonly string[]): Condition {
  const tokens = toTokens(text.trim());
  const next = () => tokens.shift() ?? fail();
  const isNext = (token: string) => tokens[0] === token && tokens.shift() !== undefined;
  const either = (): Condition => {
    const parts = [both()];
    while (isNext("or")) parts.push(both());
    return (subject) => parts.some((part) => part(subject));
  };
  const both = (): Condition => {
    const parts = [single()];
    while (isNext("and")) parts.push(single());
    return (subject) => parts.every((part) => part(subject));
  };
  const bracketed = (): Condition => {
    const inner = either();
    return isNext(")") ? inner : fail();
  };
  const single = (): Condition => {
    const token = next();
    if (token === "(") return bracketed();
    if (token.startsWith("$")) return ({ found }) => found.has(token.slice(1));
    if (token === "filesize") return smallerThan(isNext("<") ? next() : fail());
    if (token.startsWith("uint")) return startsWith(token, isNext("==") ? next() : fail());
    const least = token === "any" ? 1 : Number(token);
    const set = isNext("of") && Number.isInteger(least) ? readSet() : fail();
    return ({ found }) => set.filter((name) => found.has(name)).length >= least;
  };
  const readSet = (): readonly string[] => {
    if (isNext("them")) return names;
    if (!isNext("(")) return fail();
    const set = toNames(next(), names);
    while (isNext(",")) set.push(...toNames(next(), names));
    return isNext(")") ? set : fail();
  };
  const condition = either();
  return tokens.length === 0 ? condition : fail();
}

function toTokens(text: string): string[] {
  const tokens: string[] = [];
  const expression = new RegExp(TOKEN);
  while (expression.lastIndex < text.length) {
    const token = expression.exec(text)?.[1];
    tokens.push(token ?? fail());
  }
  return tokens;
}

function toNames(token: string, names: readonly string[]): string[] {
  const name = token.slice(1);
  if (!name.endsWith("*")) return [name];
  return names.filter((one) => one.startsWith(name.slice(0, -1)));
}

function smallerThan(size: string): Condition {
  const bytes = Number(size.replace("MB", "")) * (size.endsWith("MB") ? 1024 * 1024 : 1);
  return ({ data }) => data.length < bytes;
}

function startsWith(kind: string, value: string): Condition {
  const length = kind.startsWith("uint16") ? 2 : 4;
  return ({ data }) => data.length >= length && data.readUIntLE(0, length) === Number(value);
}

function fail(): never {
  throw new Error("a condition is not written in known forms");
}
