import type { Place } from "../facts.ts";

/** Something about a file that its text does not say: its kind, its name, how it is packed. Neutral, like a fact. */
export type AnomalyKind =
  | "magic-mismatch" // the bytes are another kind of file than the name says
  | "symlink"
  | "submodule"
  | "unsafe-name" // absolute, with `..`, a drive letter, or backslashes
  | "disguised-name" // characters that nobody sees or that turn the reading direction
  | "unreferenced-executable" // nothing in the skill leads to it
  | "polyglot" // a second file behind the end of the first
  | "bomb" // unpacks to more than it may
  | "archive-traversal" // a member that would land outside of the folder
  | "archive-link"
  | "archive-encrypted"
  | "archive-disagrees" // two readers of it would see different members
  | "nested-script" // a program in an archive in an archive
  | "bytecode-alone" // compiled Python without its source
  | "bytecode-differs" // compiled Python that is not what its source says
  | "invisible-text" // characters that nobody sees, and that say something
  | "reading-order" // characters that show a line in another order than it is run
  | "zero-width" // words with characters in them that nobody sees
  | "look-alike" // a word of two alphabets that looks like one of ASCII
  | "padding" // so much white space that what stands behind it is off the screen
  | "signature" // matches a signature; `subject` names it
  | "active-content"; // a document or picture that starts something when it is opened

export type Anomaly = {
  readonly kind: AnomalyKind;
  readonly at: Place;
  /** What is odd, as a sentence. */
  readonly detail: string;
  /** What it is about, when that can be told in a word: a kind of file, a member, a key. */
  readonly subject: string | null;
};
