import { join } from "node:path";
import { fileURLToPath } from "node:url";
import treeSitter from "@vscode/tree-sitter-wasm";

type Parser = InstanceType<typeof treeSitter.Parser>;
export type SyntaxNode = NonNullable<ReturnType<Parser["parse"]>>["rootNode"];

/** Parsers that are made once and used for many texts. */
export type Grammars = { readonly python: Parser; readonly script: Parser };

/**
 * Loads the grammars of Python and of TypeScript with JSX, which reads JavaScript as well: from their package, or from
 * the folder that a bundle keeps them in.
 */
export async function loadGrammars(folder?: string): Promise<Grammars> {
  const locate = (name: string) =>
    folder === undefined
      ? fileURLToPath(import.meta.resolve(`@vscode/tree-sitter-wasm/wasm/${name}`))
      : join(folder, name);
  await treeSitter.Parser.init({ locateFile: locate });
  const parserFor = async (name: string): Promise<Parser> => {
    const parser = new treeSitter.Parser();
    parser.setLanguage(await treeSitter.Language.load(locate(`tree-sitter-${name}.wasm`)));
    return parser;
  };
  return { python: await parserFor("python"), script: await parserFor("tsx") };
}

/** The line, counted from 1, on which a node begins. */
export const lineOf = (node: SyntaxNode) => node.startPosition.row + 1;

/** Parses, hands the tree on, and frees it: trees lie outside of what the collector knows. */
export function withTree<T>(parser: Parser, text: string, use: (root: SyntaxNode) => T): T | null {
  const tree = parser.parse(text);
  if (tree === null) return null;
  try {
    return use(tree.rootNode);
  } finally {
    tree.delete();
  }
}
