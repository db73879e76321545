/**
 * The one small language that shell, Python and JavaScript are read into. It keeps what matters for following a value:
 * literals, names, calls, and how values are put together. Whatever else a language has becomes `group`, which is
 * "some value made of these".
 */
export type Expr =
  | { readonly kind: "text"; readonly value: string }
  /** A variable, or a dotted path that is not called: `os.environ`, `process.env.TOKEN`, `HOME` of a shell. */
  | { readonly kind: "name"; readonly name: string }
  /** Parts in a row: `+`, f-string, template, shell word. Folds to one text when every part does. */
  | { readonly kind: "join"; readonly parts: readonly Expr[] }
  /** `of[key]`. */
  | { readonly kind: "index"; readonly of: Expr; readonly key: Expr }
  /** List, dict, condition, arithmetic: some value made of these. */
  | { readonly kind: "group"; readonly parts: readonly Expr[] }
  | Call
  /** A lambda, arrow or function expression. */
  | Definition;

export type Call = {
  readonly kind: "call";
  /** Dotted, as written and with imports resolved: `requests.post`, `child_process.exec`, `curl`. Empty when computed. */
  readonly callee: string;
  /** What it is called on when that is not just a name: `open(p).read()`; also the computed callee itself. */
  readonly on: Expr | null;
  readonly args: readonly Expr[];
  /** Keyword arguments, keys of an options object, and `stdin` of a shell command. */
  readonly named: Readonly<Record<string, Expr>>;
  readonly line: number;
};

export type Definition = {
  readonly kind: "function";
  readonly params: readonly string[];
  readonly body: readonly Step[];
  readonly line: number;
};

export type Step =
  /** More than one name: destructuring or several targets; each gets the value. Names may be dotted. */
  | {
      readonly kind: "assign";
      readonly names: readonly string[];
      readonly value: Expr;
      readonly line: number;
    }
  | { readonly kind: "do"; readonly value: Expr; readonly line: number }
  | { readonly kind: "return"; readonly value: Expr; readonly line: number }
  | { readonly kind: "define"; readonly name: string; readonly value: Definition }
  /** `test` is what it asks; `each` are names bound to items of `test` in a loop. */
  | {
      readonly kind: "block";
      readonly how: "if" | "loop" | "try";
      readonly test: Expr | null;
      readonly each: readonly string[];
      readonly body: readonly Step[];
      readonly otherwise: readonly Step[];
      readonly line: number;
    };

export type ProgramLanguage = "shell" | "powershell" | "python" | "javascript" | "typescript";

/** A text read as a program. Lines count in the text that was given, from 1. */
export type Program = {
  readonly language: ProgramLanguage;
  readonly steps: readonly Step[];
  /** False when the parser had to skip something: what it skipped was not judged as a program. */
  readonly isWhole: boolean;
};
