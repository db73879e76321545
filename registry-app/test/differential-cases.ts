import { array, constant, constantFrom, oneof, option, record, string, tuple } from "fast-check";
import type { Arbitrary } from "fast-check";

/** Keys, authorities and certificates that the suite makes with ssh-keygen, by the names of their files. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  ed25519: ["-t", "ed25519"],
  p256: ["-t", "ecdsa", "-b", "256"],
  p384: ["-t", "ecdsa", "-b", "384"],
  p521: ["-t", "ecdsa", "-b", "521"],
  rsa2048: ["-t", "rsa", "-b", "2048"],
  rsa3072: ["-t", "rsa", "-b", "3072"],
  other: ["-t", "ed25519"],
  ca: ["-t", "ed25519"],
  "ca-p384": ["-t", "ecdsa", "-b", "384"],
  "ca-rsa": ["-t", "rsa", "-b", "3072"],
};
/** Certificate: key, authority and the options of `ssh-keygen -s`. */
export const CERTIFICATES: Readonly<
  Record<string, { readonly key: string; readonly ca: string; readonly options: readonly string[] }>
> = {
  "cert-day": { key: "ed25519", ca: "ca", options: ["-n", "ann@x", "-V", "-1d:+1d"] },
  "cert-names": { key: "p256", ca: "ca", options: ["-n", "bob@x,ann@x", "-V", "-1d:+1d"] },
  "cert-other-name": { key: "ed25519", ca: "ca", options: ["-n", "eve@y", "-V", "-1d:+1d"] },
  "cert-over": { key: "ed25519", ca: "ca", options: ["-n", "ann@x", "-V", "-9d:-8d"] },
  "cert-ecdsa": { key: "p384", ca: "ca-p384", options: ["-n", "ann@x", "-V", "-1d:+1d"] },
  "cert-rsa": { key: "rsa2048", ca: "ca-rsa", options: ["-n", "ann@x", "-V", "-1d:+1d"] },
  "cert-nameless": { key: "ed25519", ca: "ca", options: ["-V", "-1d:+1d"] },
  "cert-host": { key: "ed25519", ca: "ca", options: ["-h", "-n", "ann@x", "-V", "-1d:+1d"] },
};

export const TAMPERINGS = [
  "none",
  "a byte of the message",
  "a byte of the tagger",
  "a byte of the signature",
  "text after the signature",
  "spaces after the signature",
  "empty lines after the signature",
  "no newline at the end",
  "two blocks",
  "another's block before",
  "CR LF in the armour",
  "armour in one line",
  "a space in the armour",
  "no end of the armour",
  "another name on the ref",
  "a header more",
  "a tag of a tree",
  "a tag of a tag",
] as const;
export type Tampering = (typeof TAMPERINGS)[number];

export type Case = {
  readonly signedWith: string;
  readonly namespace: string;
  readonly hash: string;
  readonly tagger: string;
  /** Days before now that the tagger wrote. */
  readonly daysAgo: number;
  readonly message: string;
  readonly tampering: Tampering;
  /** An allowed_signers file in which `<name>` stands for a key; `<it>` for the one that signed, `<ca>` for its authority. */
  readonly signers: string;
};

const often = <T>(usual: T, ...rare: readonly T[]) =>
  oneof({ weight: 6, arbitrary: constant(usual) }, { weight: 1, arbitrary: constantFrom(...rare) });

const principals = constantFrom(
  "ann@x",
  "*@x",
  "*",
  "?nn@x",
  "bob@x",
  "ANN@X",
  "*@x,!ann@x",
  "!ann@x,*@x",
  "bob@x,ann@x",
  "ann@*,!*@y",
  '"ann@x"',
  "!bob@x,*",
  "a**n@x",
  "",
);
const time = constantFrom(
  "20200101",
  "20200101Z",
  "202001011200",
  "20200101120000Z",
  "20990101",
  "20990101Z",
  "20991231235959Z",
  "20201301",
  "1",
  "",
);
const signerOption = oneof(
  constantFrom(
    'namespaces="git"',
    'namespaces="file"',
    'namespaces="g*"',
    'namespaces="file,git"',
    'namespaces="!git,*"',
    'namespaces="*,!file"',
    'namespaces=""',
    "namespaces=git",
    'NAMESPACES="git"',
    "cert-authority",
    "no-such-option",
    'namespaces="git',
  ),
  time.map((at) => `valid-before="${at}"`),
  time.map((at) => `valid-after="${at}"`),
);
const signerLine = tuple(
  principals,
  constantFrom(" ", "  ", "\t"),
  oneof(
    { weight: 2, arbitrary: constant<string[]>([]) },
    { weight: 3, arbitrary: array(signerOption, { minLength: 1, maxLength: 2 }) },
  ),
  often("<it>", "<other>", "<ca>"),
  constantFrom("", " a comment", "  "),
).map(([names, gap, options, key, comment]) =>
  [names, options.join(","), key]
    .filter((part) => part !== "")
    .join(gap)
    .concat(comment),
);
/** A line that is likely to name the one who signed. */
const plainLine = constantFrom(
  "ann@x <it>",
  "*@x <it>",
  'ann@x namespaces="git" <it>',
  "*@x cert-authority <ca>",
  'ann@x valid-after="20200101Z" <it>',
  'ann@x cert-authority,namespaces="git" <ca>',
  "ann@x,bob@x <it>",
);
const junk = constantFrom(
  "# ann@x <it>",
  "",
  "   ",
  "ann@x",
  "nonsense here",
  "ann@x <it",
  "\t# x",
);
const file = tuple(
  array(oneof({ weight: 3, arbitrary: signerLine }, { weight: 2, arbitrary: plainLine }, junk), {
    maxLength: 3,
  }),
  option(plainLine, { freq: 2 }),
  often("\n", "\r\n"),
).map(([lines, last, end]) => [...lines, ...(last === null ? [] : [last])].join(end));

export const cases: Arbitrary<Case> = record({
  signedWith: constantFrom(
    ...Object.keys(KEYS).filter((name) => !name.startsWith("ca") && name !== "other"),
    ...Object.keys(CERTIFICATES),
  ),
  namespace: often("git", "file", "GIT"),
  hash: constantFrom("sha256", "sha512"),
  tagger: often("ann@x", "bob@x", "eve@y"),
  daysAgo: often(0, 0, 3_000),
  message: oneof(
    constantFrom(
      "m\n",
      "",
      "-----BEGIN PGP SIGNATURE-----\nm\n",
      " -----BEGIN SSH SIGNATURE-----\nm\n",
      "größer 🚀\n",
      "no end of line",
      "\n\n\n",
    ),
    string({ maxLength: 30 }).map((text) => `${text.replaceAll("\0", "")}\n`),
  ),
  tampering: oneof(
    { weight: 2, arbitrary: constant<Tampering>("none") },
    { weight: 1, arbitrary: constantFrom(...TAMPERINGS) },
  ),
  signers: file,
});
