/**
 * Sentences in files that are no prose: comments and docstrings of programs, values of data. A model that opens such a
 * file reads them like any others. Only what speaks of an agent or to one is kept, so that the rest costs nothing.
 */

const MAX_TEXT = 400_000;
const MAX_LINES = 12_000;
const MAX_KEPT = 400;

/** Who is spoken to or about, or what is only ever said to a model. */
const SPEAKS_TO_AGENT =
  /\b(?:assistants?|(?:ai|llm|coding|automated?|any|the|other|all|every) agents?|agents? (?:must|should|shall|are|is|has|have|need|reading|processing|that|who|which|please)|agents? ?:|claude|copilot|codex|gemini|llms?|(?:language|ai) models?|(?:the|any|dear) (?:model|ai)\b|ai (?:assistants?|readers?|systems?|tools?)|you are (?:now|an? (?:admin|unrestricted|ai))|(?:previous|prior|earlier|above|other) (?:instructions?|rules|guidelines|configuration)|(?:do not|don't|never|without) (?:tell|mention|inform|notify|alert|ask|telling|mentioning|informing|notifying|asking)\w* (?:\w+ ){0,2}(?:users?|developer|person|owner|human)|(?:the )?user (?:must|should|need|does|is|has|will) (?:not|never))\b|\bconversation (?:context|history)|\bsystem prompt\b|\bbefore (?:using|calling|running|invoking) (?:this|any|other)|(?:用户|助手|代理|指令|ユーザー|アシスタント|사용자)/i;

const LINE_COMMENT = /^[ \t]{0,120}(?:#(?!!)|\/\/|--|;|%|REM\b|')[#/!*\s-]{0,10}(.*)$/i;
const TRAILING = /\s(?:#|\/\/)\s{1,4}(\S.{20,600})$/;
const OPENS: readonly (readonly [RegExp, RegExp])[] = [
  [/^[ \t]{0,120}[rRbBuU]?"""/, /"""/],
  [/^[ \t]{0,120}[rRbBuU]?'''/, /'''/],
  [/^[ \t]{0,120}\/\*/, /\*\//],
  [/^=(?:begin|pod)\b/, /^=(?:end|cut)\b/],
  [/^[ \t]{0,120}<#/, /#>/],
];

/** A text with as many lines, in which only those stand that speak to an agent; null when there are none. */
export function addressedIn(source: string, isProgram: boolean): string | null {
  const text = source.slice(0, MAX_TEXT);
  if (!SPEAKS_TO_AGENT.test(text)) return null;
  const lines = text.split("\n", MAX_LINES);
  const kept = isProgram ? commentsOf(lines) : valuesOf(lines);
  return kept.size === 0 ? null : lines.map((_, at) => kept.get(at) ?? "").join("\n");
}

type Line = readonly [at: number, text: string];

function commentsOf(lines: readonly string[]): ReadonlyMap<number, string> {
  const kept = new Map<number, string>();
  let block: Line[] = [];
  let closes: RegExp | null = null;
  const end = () => {
    if (SPEAKS_TO_AGENT.test(block.map(([, text]) => text).join(" "))) {
      for (const [at, text] of block) if (kept.size < MAX_KEPT) kept.set(at, text);
    }
    block = [];
  };
  for (const [at, line] of lines.entries()) {
    if (closes !== null) {
      block.push([at, line.replace(/^[ \t]{0,120}\*?[ \t]{0,8}/, "").replace(closes, "")]);
      if (closes.test(line)) closes = null;
      continue;
    }
    const opens = OPENS.find(([pattern]) => pattern.test(line));
    if (opens !== undefined) {
      end();
      const rest = line.replace(opens[0], "");
      block.push([at, rest.replace(opens[1], "").trim()]);
      if (!opens[1].test(rest)) closes = opens[1];
      continue;
    }
    const comment = LINE_COMMENT.exec(line)?.[1];
    if (comment !== undefined) {
      block.push([at, comment]);
      continue;
    }
    end();
    const trailing = TRAILING.exec(line)?.[1];
    if (trailing !== undefined && SPEAKS_TO_AGENT.test(trailing)) kept.set(at, trailing);
  }
  end();
  return kept;
}

/** Values of data: what stands in quotation marks or behind a key, as long as a sentence is. */
function valuesOf(lines: readonly string[]): ReadonlyMap<number, string> {
  const kept = new Map<number, string>();
  for (const [at, line] of lines.entries()) {
    if (kept.size >= MAX_KEPT || !SPEAKS_TO_AGENT.test(line)) continue;
    const quoted = [...line.slice(0, 20_000).matchAll(/"((?:[^"\\]|\\.){24,8000})"/g)]
      .map(([, one = ""]) => one.replaceAll(/\\[nrt]/g, ". ").replaceAll(/\\(.)/g, "$1"))
      .filter((one) => SPEAKS_TO_AGENT.test(one));
    const plain = line.replace(/^[ \t#/-]{0,120}(?:[\w.-]{1,60}\s{0,4}[:=]\s)?[|>"']{0,2}/, "");
    kept.set(at, quoted.length > 0 ? quoted.join(". ") : plain);
  }
  return kept;
}
