import { allOf, readLicence, type Licence } from "./licences.ts";

type LicenceText = {
  readonly name: string;
  /** What stands in its text and in no other one's, as `wordsOf` leaves it; all of it. */
  readonly says: readonly string[];
  readonly saysNot?: readonly string[];
};

const GRANT_MIT =
  "permission is hereby granted free of charge to any person obtaining a copy of this software and associated documentation files";
const DEALS = "to deal in the software without restriction";
const NOTICE_MIT = "the above copyright notice and this permission notice";
const SOURCE_BSD = "redistributions of source code must retain the above copyright notice";
const BINARY_BSD = "redistributions in binary form must reproduce the above copyright notice";
/** Apache 1.1, PHP and OpenSSL ask for more than BSD, whose words they use. */
const MORE_THAN_BSD = ["products derived from this software may not be called"];

const TEXTS: readonly LicenceText[] = [
  {
    name: "MIT",
    says: [GRANT_MIT, DEALS, NOTICE_MIT],
    saysNot: ["the software shall be used for good not evil"],
  },
  { name: "MIT-0", says: [GRANT_MIT, DEALS], saysNot: [NOTICE_MIT] },
  { name: "Apache-2.0", says: ["apache license version 2 0 january 2004"] },
  { name: "BSD", says: [SOURCE_BSD, BINARY_BSD], saysNot: MORE_THAN_BSD },
  {
    name: "ISC",
    says: [
      "permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted provided that the above copyright notice and this permission notice appear in all copies",
    ],
  },
  {
    name: "Unlicense",
    says: ["this is free and unencumbered software released into the public domain"],
  },
  { name: "CC0-1.0", says: ["cc0 1 0 universal", "statement of purpose"] },
  {
    name: "MPL-2.0",
    says: ["mozilla public license version 2 0", "exhibit a source code form license notice"],
  },
  { name: "EPL-2.0", says: ["eclipse public license v 2 0"] },
  { name: "LGPL-2.1", says: ["gnu lesser general public license version 2 1 february 1999"] },
  { name: "LGPL-3.0", says: ["gnu lesser general public license version 3 29 june 2007"] },
  { name: "GPL-2.0", says: ["gnu general public license version 2 june 1991"] },
  { name: "GPL-3.0", says: ["gnu general public license version 3 29 june 2007"] },
  { name: "AGPL-3.0", says: ["gnu affero general public license version 3 19 november 2007"] },
  { name: "SSPL-1.0", says: ["server side public license version 1 october 16 2018"] },
  {
    name: "Elastic-2.0",
    says: ["elastic license 2 0", "to third parties as a hosted or managed service"],
  },
  { name: "BUSL-1.1", says: ["business source license 1 1", "make non production use of"] },
  { name: "Commons-Clause", says: ["commons clause license condition v1 0"] },
  {
    name: "PolyForm-Noncommercial-1.0.0",
    says: ["polyform noncommercial license 1 0 0", "any noncommercial purpose"],
  },
  {
    name: "PolyForm-Free-Trial-1.0.0",
    says: ["polyform free trial license 1 0 0", "32 consecutive calendar days"],
  },
  { name: "Prosperity-3.0.0", says: ["the prosperity public license 3 0 0"] },
  ...["BY", "BY-SA", "BY-ND", "BY-NC", "BY-NC-SA", "BY-NC-ND"].flatMap(creativeCommons),
];

function creativeCommons(terms: string): readonly LicenceText[] {
  const title = terms
    .replace("BY", "attribution")
    .replace("NC", "noncommercial")
    .replace("SA", "sharealike")
    .replace("ND", "noderivatives")
    .replaceAll("-", " ");
  return [
    {
      name: `CC-${terms}-4.0`,
      says: [`creative commons ${title} 4 0 international public license`, "section 1 definitions"],
    },
  ];
}

/** Longer files are lists of other people's licences. */
const MAX_TEXT = 64_000;

/** The licences whose text it holds, in the order of the table; none when it is not plainly one. */
export function recogniseTexts(text: string): readonly Licence[] {
  const words = wordsOf(text.slice(0, MAX_TEXT));
  return TEXTS.filter(
    ({ says, saysNot = [] }) =>
      says.every((one) => words.includes(one)) && !saysNot.some((one) => words.includes(one)),
  ).map(({ name }) => readLicence(name));
}

const NOTICE =
  /\bunder the terms of the gnu (affero |lesser |library )?general public license(?: version (\d) \d)?(?: as)? published by the free software foundation(?: (?:either )?version (\d))?/;
/** Words with which a notice takes back what it says, or leaves a choice. */
const CHOICE = /\b(?:exceptions?|alternatively|dual|at your choice|terms of either)\b/;
const MAX_HEAD = 6000;
const MAX_LINES = 80;

/** A licence that the comment at the top of a source file names, with the line; undefined when it does not. */
export function readHeader(
  source: string,
): { readonly licence: Licence; readonly line: number } | undefined {
  const lines = topComment(source);
  const named = lines.flatMap((line, index) => {
    const name =
      /^\W{0,20}SPDX-License-Identifier:\s{0,9}([\w.+() /:-]{1,200}?)(?:\s{0,9}(?:\*\/|-->))?\s{0,9}$/.exec(
        line,
      )?.[1];
    return name === undefined ? [] : [{ licence: readLicence(name), line: index + 1 }];
  });
  const [first] = named;
  // Several lines hold for several pieces of the file, as REUSE has it.
  if (first !== undefined)
    return { licence: allOf(named.map(({ licence }) => licence)), line: first.line };
  const words = wordsOf(lines.join("\n"));
  const notice = NOTICE.exec(words);
  if (notice === null || CHOICE.test(words)) return undefined;
  const [, kind = "", exact, least] = notice;
  const name = { "": "GPL", "affero ": "AGPL" }[kind] ?? "LGPL";
  const version = exact ?? least;
  const at = lines.findIndex((line) => /general public|\bGNU\b/i.test(line));
  const later = words.includes(" any later version") ? "-or-later" : "-only";
  const licence = readLicence(version === undefined ? name : `${name}-${version}.0${later}`);
  return { licence, line: Math.max(at, 0) + 1 };
}

/** The lines of comment before the first line of code. */
function topComment(source: string): readonly string[] {
  const found: string[] = [];
  let closer: string | null = null;
  for (const line of source.slice(0, MAX_HEAD).split("\n", MAX_LINES)) {
    const text = line.replace(/^\uFEFF/, "").trim();
    const opener: string | null = closer === null ? (OPENER.exec(text)?.[0] ?? null) : null;
    if (opener !== null) closer = CLOSERS[opener] ?? null;
    else if (closer === null && text !== "" && !/^(?:#|\/\/|--|;|%|\*|rem\b|@echo\b)/i.test(text))
      break;
    found.push(line);
    const rest: string = opener === null ? text : text.slice(opener.length);
    if (closer !== null && rest.includes(closer)) closer = null;
  }
  return found;
}

const OPENER = /^(?:\/\*|<!--|"""|'''|\(\*|=begin)/;
const CLOSERS: Readonly<Record<string, string>> = {
  "/*": "*/",
  "<!--": "-->",
  '"""': '"""',
  "'''": "'''",
  "(*": "*)",
  "=begin": "=end",
};

/** Words and numbers with one blank between them: how a text is broken into lines and marked as comment is no matter. */
function wordsOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, " ");
}
