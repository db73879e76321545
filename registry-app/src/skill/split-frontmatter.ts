import matter from "gray-matter";

const FENCE = "---";
/** gray-matter's test for an empty block costs the square of a run of white space. */
const MAX_BLANK_RUN = 200;

export type Split =
  | { readonly kind: "missing" }
  | { readonly kind: "unclosed" }
  | { readonly kind: "too-large"; readonly sizeBytes: number }
  | {
      readonly kind: "split";
      /** Text between the fences and where it starts. */
      readonly yaml: string;
      readonly yamlOffset: number;
      readonly body: string;
      readonly bodyOffset: number;
      /** Text behind the opening fence, which some readers take as the language to run it in. */
      readonly language: string | undefined;
      /** Whether both fences are lines of their own, so that every reader splits alike. */
      readonly isClean: boolean;
    };

/**
 * Splits where the reference validator does: at the first two `---`, wherever the second stands. Where the fences are
 * lines of their own gray-matter does the cut; elsewhere it would choose another engine or another place, so it is not
 * asked. `text` must have LF line ends.
 */
export function splitFrontmatter(text: string, maxBytes: number): Split {
  if (!text.startsWith(FENCE)) return { kind: "missing" };
  const close = text.indexOf(FENCE, FENCE.length);
  if (close === -1) return { kind: "unclosed" };
  const yaml = text.slice(FENCE.length, close);
  const sizeBytes = Buffer.byteLength(yaml);
  if (sizeBytes > maxBytes) return { kind: "too-large", sizeBytes };
  const language = yaml.split("\n", 1)[0]?.trim() || undefined;
  const after = text.slice(close + FENCE.length).split("\n", 1)[0] ?? "";
  const isClean =
    language === undefined && text[close - 1] === "\n" && after.trim() === "" && yaml !== "";
  const bodyOffset = Math.min(text.length, close + FENCE.length + after.length + 1);
  return {
    kind: "split",
    yaml: isClean && !hasLongBlankRun(yaml) ? cutWithGrayMatter(text, close) : yaml,
    yamlOffset: FENCE.length,
    body: text.slice(bodyOffset),
    bodyOffset,
    language,
    isClean,
  };
}

/** gray-matter gets the head alone, since it copies all that it is given. */
function cutWithGrayMatter(text: string, close: number): string {
  const head = text.slice(0, close + FENCE.length);
  return matter(head, { engines: DENIED_ENGINES, language: "yaml", excerpt: false }).matter;
}

/** gray-matter only splits here: its YAML engine yields nothing and every other one throws. */
const deny = (): never => {
  throw new Error("frontmatter engines are denied");
};
const DENIED_ENGINES = {
  yaml: () => ({}),
  json: deny,
  javascript: deny,
  js: deny,
  coffee: deny,
  toml: deny,
};

function hasLongBlankRun(text: string): boolean {
  let run = 0;
  for (const character of text) {
    run = character.trim() === "" ? run + 1 : 0;
    if (run > MAX_BLANK_RUN) return true;
  }
  return false;
}
