/**
 * What a licence lets a company do, kindest first. `unknown` stands beside the permissive ones: nothing is made of it,
 * neither that it would allow something nor that it would forbid it.
 */
export const LICENCE_CLASSES = [
  "permissive",
  "unknown",
  "weak-copyleft",
  "strong-copyleft",
  "network-copyleft",
  /** The source is open and some uses are not allowed: to sell it, to host it for others. */
  "source-available",
  /** May be tried; for work its owner has to grant more. */
  "evaluation-only",
  "non-commercial",
  /** Nothing is granted by the licence itself. */
  "proprietary",
] as const;

export type LicenceClass = (typeof LICENCE_CLASSES)[number];

/** Families without their version. What is not here is unknown. */
const FAMILIES: Readonly<Record<Exclude<LicenceClass, "unknown">, string>> = {
  permissive:
    "mit isc 0bsd bsd apache zlib boost unlicense cc0 cc-by wtfpl psf python blueoak postgresql ncsa upl mulanpsl public-domain cecill-b",
  "weak-copyleft": "lgpl mpl epl cddl cpl eupl ofl artistic cc-by-sa ms-pl ms-rl cecill-c",
  "strong-copyleft": "gpl cecill",
  "network-copyleft": "agpl sspl osl",
  "source-available":
    "elastic commons-clause fsl cc-by-nd polyform-shield polyform-perimeter polyform-internal-use polyform-small-business",
  "evaluation-only": "busl polyform-free-trial evaluation",
  "non-commercial":
    "cc-by-nc cc-by-nc-sa cc-by-nc-nd polyform-noncommercial polyform-strict prosperity non-commercial academic",
  proprietary: "proprietary",
};

export const CLASS_OF_FAMILY: ReadonlyMap<string, LicenceClass> = new Map(
  Object.entries(FAMILIES).flatMap(([kind, names]) =>
    names.split(" ").map((name) => [name, kind as LicenceClass] as const),
  ),
);

/** Other spellings, as `keyOf` leaves them; `family` or `family@version`. */
const SPELLINGS: Readonly<Record<string, string>> = {
  mit: "mit-x11 x11 expat mit-expat",
  isc: "iscl",
  bsd: "bsd-2-clause bsd-3-clause bsd-4-clause bsd-3-clause-clear 2-clause-bsd 3-clause-bsd bsd-2clause bsd-3clause new-bsd bsd-new modified-bsd revised-bsd simplified-bsd bsd-simplified freebsd bsd-style",
  apache: "asl al apache-software asf",
  boost: "boost-software",
  "boost@1": "bsl-1",
  "busl@1.1": "bsl-1.1",
  busl: "business-source",
  psf: "python-software-foundation psfl psf-based",
  python: "python-cnri",
  cc0: "cc-0 cc-zero creative-commons-zero creative-commons-cc0",
  "cc-by": "creative-commons-attribution cc-attribution creative-commons-by",
  "cc-by-sa": "creative-commons-attribution-sharealike creative-commons-attribution-share-alike",
  "cc-by-nd": "creative-commons-attribution-noderivatives creative-commons-attribution-noderivs",
  "cc-by-nc":
    "creative-commons-attribution-noncommercial creative-commons-attribution-non-commercial cc-nc",
  "cc-by-nc-sa":
    "creative-commons-attribution-noncommercial-sharealike creative-commons-attribution-non-commercial-sharealike creative-commons-attribution-noncommercial-share-alike",
  "cc-by-nc-nd":
    "creative-commons-attribution-noncommercial-noderivatives creative-commons-attribution-noncommercial-noderivs",
  lgpl: "gnu-lgpl gnu-lesser-general-public lesser-general-public gnu-library-or-lesser-general-public gnu-library-general-public",
  mpl: "mozilla-public mozilla",
  artistic: "artistic-1.0-perl",
  epl: "eclipse-public eclipse",
  cddl: "common-development-and-distribution",
  eupl: "european-union-public",
  ofl: "sil-open-font open-font sil-ofl",
  gpl: "gnu-gpl gnu-general-public general-public gnu",
  cecill: "cecill-free-software",
  agpl: "gnu-agpl gnu-affero-general-public affero-general-public affero-gpl",
  sspl: "server-side-public mongodb-server-side-public",
  osl: "open-software",
  "fsl@1.1": "fsl-1.1-mit fsl-1.1-alv2 fsl-1.1-apache-2",
  fsl: "functional-source",
  prosperity: "prosperity-public",
  "non-commercial":
    "noncommercial non-commercial-use non-commercial-only non-commercial-use-only free-for-non-commercial-use for-non-commercial-use for-non-commercial-use-only personal-use-only for-personal-use-only",
  academic:
    "academic-use-only for-academic-use-only research-use-only for-research-use-only research-only academic-only",
  evaluation: "evaluation-use-only for-evaluation-only for-evaluation-use-only evaluation-only",
  proprietary: "unlicensed commercial other/proprietary all-rights-reserved closed-source",
};

const FAMILY_OF_SPELLING: ReadonlyMap<string, string> = new Map(
  Object.entries(SPELLINGS).flatMap(([family, keys]) =>
    keys.split(" ").map((key) => [key, family] as const),
  ),
);

export type KnownLicence = {
  readonly family: string;
  /** Null where none is named, or any later one will do. */
  readonly version: string | null;
};

/** One licence by any of its names: `GPL-3.0-only`, `GNU GPL v3`, `The MIT License`. At most some hundred characters. */
export function findLicenceName(text: string): KnownLicence | undefined {
  const whole = keyOf(text);
  const isOpen = /(?:\+|-or-(?:later|newer|greater))$/.test(whole);
  const key = whole
    .replace(/(?:\+|-or-(?:later|newer|greater)|-only)$/, "")
    .replace(/^(cc-[\d.a-z-]{1,20}-\d\.\d)-[a-z]{2,4}$/, "$1")
    .replace(/(-\d{1,2}(?:\.\d{1,2})?)\.0$/, "$1")
    .replace(/-(\d{1,2})\.0$/, "-$1");
  const exact = FAMILY_OF_SPELLING.get(key);
  if (exact !== undefined) {
    const [family = exact, version = null] = exact.split("@");
    return { family, version };
  }
  if (CLASS_OF_FAMILY.has(key)) return { family: key, version: null };
  const [, base, version] = /^(.{1,80})-(\d{1,2}(?:\.\d{1,2}){0,2})$/.exec(key) ?? [];
  if (base === undefined || version === undefined) return undefined;
  const family = FAMILY_OF_SPELLING.get(base) ?? base;
  if (!CLASS_OF_FAMILY.has(family)) return undefined;
  return { family, version: isOpen ? null : version };
}

/** Lower case, words joined by hyphens, without the words that say nothing. */
function keyOf(text: string): string {
  return text
    .toLowerCase()
    .replace(
      /\b(?:licen[cs]e|licen[cs]ed under|the|version|agreement|international|universal|unported)\b/g,
      " ",
    )
    .replace(/(^|[^a-z]|[a-z]{3,6})v\.? ?(?=\d)/g, "$1-")
    .replace(/([a-z]{3})(?=\d(?:\.\d)?$)/, "$1-")
    .replace(/[\s,_-]+/g, "-")
    .replace(/^-|[-.]$/g, "")
    .replace(/-(?=\+)/g, "");
}
