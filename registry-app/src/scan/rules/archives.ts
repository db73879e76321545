import { anomaliesOf, matchOf } from "./anomalies.ts";
import { ARCHIVE_EXAMPLES as EXAMPLES } from "./archives-examples.ts";
import type { Rule } from "./rule.ts";

const ARCHIVE = { family: "archive", confidence: "structural", owasp: ["AST01"] } as const;

export const ARCHIVE_RULES: readonly Rule[] = [
  {
    ...ARCHIVE,
    id: "archive.bomb",
    title: "An archive that unpacks to far too much",
    severity: "high",
    why: "A small file that becomes a huge one fills memory or disk of whoever opens it, and hides what is in it from tools that give up.",
    remedy: "Ship the data as it is, or have the skill make it when it is needed.",
    find: (evidence) => anomaliesOf(evidence, "bomb").map((one) => matchOf(one)),
    examples: EXAMPLES.bomb,
  },
  {
    ...ARCHIVE,
    id: "archive.traversal",
    title: "An archive that writes outside of its folder",
    severity: "high",
    why: "A member with an absolute path or a way up overwrites files of the person who unpacks it, such as a shell profile or a key.",
    remedy: "Pack the files with paths that stay within the folder.",
    find: (evidence) => anomaliesOf(evidence, "archive-traversal").map((one) => matchOf(one)),
    examples: EXAMPLES.traversal,
  },
  {
    ...ARCHIVE,
    id: "archive.encrypted",
    title: "An archive behind a password",
    severity: "medium",
    why: "Nobody can look into it before it is on the machine of a user. A password keeps scanners out, and hardly anything else when it stands beside the archive.",
    remedy: "Ship the files unpacked, or in an archive without a password.",
    find: (evidence) =>
      anomaliesOf(evidence, "archive-encrypted")
        .slice(0, 3)
        .map((one) => matchOf(one)),
    examples: EXAMPLES.encrypted,
  },
  {
    ...ARCHIVE,
    id: "archive.disagrees",
    title: "An archive that is read in two ways",
    severity: "high",
    why: "The directory of the archive and the headers of its members say different things, so that one program unpacks other files than the one that checked them.",
    remedy: "Pack it anew with an ordinary program.",
    find: (evidence) => anomaliesOf(evidence, "archive-disagrees").map((one) => matchOf(one)),
    examples: EXAMPLES.disagrees,
  },
  {
    ...ARCHIVE,
    id: "archive.nested-program",
    title: "A program in an archive in an archive",
    severity: "medium",
    why: "Packing twice keeps a program from those who look only into the first layer.",
    remedy: "Ship the program as a file of the skill.",
    find: (evidence) =>
      anomaliesOf(evidence, "nested-script")
        .slice(0, 3)
        .map((one) => matchOf(one)),
    examples: EXAMPLES.nested,
  },
  {
    ...ARCHIVE,
    id: "archive.disguised-name",
    title: "A file name that hides what it is",
    severity: "medium",
    why: "Invisible characters and direction marks in a name make a program look like a picture or a text.",
    remedy: "Rename the file with characters that are seen.",
    find: (evidence) => anomaliesOf(evidence, "disguised-name").map((one) => matchOf(one)),
    examples: EXAMPLES.names,
  },
];
