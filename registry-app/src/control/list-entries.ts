import type { AllowedSigner } from "../keys/index.ts";
import { toRoot } from "./root-of-trust.ts";
import type {
  CheckLaw,
  ControlSnapshot,
  LawUnderRoot,
  PolicyLaw,
  PolicyOutcome,
  Revocation,
  ScanLaw,
} from "./types.ts";

/** What a line of the law is about; `all` is for everybody's eyes. */
export type Subject =
  | { readonly kind: "all" }
  | { readonly kind: "source"; readonly slug: string; readonly isPrivate: boolean }
  | { readonly kind: "team"; readonly slug: string }
  | { readonly kind: "skill"; readonly coordinate: string }
  | {
      readonly kind: "signer";
      readonly principals: readonly string[];
      readonly keys: readonly string[];
    };

/** A higher rank is stricter; facts of one rank are merely different. */
type Fact = { readonly text: string; readonly rank: number };

/** One thing that the law says, in a form in which two laws are compared. */
export type LawEntry = {
  readonly area:
    | "registry"
    | "roots"
    | "policy"
    | "team"
    | "source"
    | "trust"
    | "revoked"
    | "yank"
    | "approval"
    | "waiver"
    | "import";
  readonly about: readonly Subject[];
  readonly title: string;
  readonly detail: string;
  /** What being there does. */
  readonly weight: "neutral" | "tightens" | "loosens";
  readonly facts: Readonly<Record<string, Fact>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
};

const ALL: readonly Subject[] = [{ kind: "all" }];
const NOTHING = { detail: "", weight: "neutral", facts: {}, lists: {} } as const;

/** Everything a law says, by a key under which the same thing stands in another law. */
export function listEntries({ law, root }: LawUnderRoot): ReadonlyMap<string, LawEntry> {
  return new Map([
    [
      "registry",
      {
        ...NOTHING,
        area: "registry",
        about: ALL,
        title: "",
        facts: { name: plain(law.registry.name) },
      },
    ],
    ["roots", rootsEntry(root)],
    ...policyEntries(law.policy),
    ...teamEntries(law),
    ...sourceEntries(law),
    ...signerEntries(law),
    ...revocationEntries(law),
    ...decisionEntries(law),
  ] as [string, LawEntry][]);
}

function plain(text: string): Fact {
  return { text, rank: 0 };
}

function rootsEntry(root: LawUnderRoot["root"]): LawEntry {
  const roots = [...toRoot(root).names].map(([fingerprint, name]) => `${name} (${fingerprint})`);
  const facts = {
    version: plain(String(root.version)),
    threshold: { text: String(root.threshold), rank: root.threshold },
  };
  return { ...NOTHING, area: "roots", about: ALL, title: "", facts, lists: { root: roots } };
}

/** Whatever fields a policy has or will have: those whose order is known are told as tighter or looser. */
function policyEntries({ checks, ...rest }: PolicyLaw): [string, LawEntry][] {
  const entry = (title: string, facts: LawEntry["facts"]): [string, LawEntry] => [
    `policy ${title}`,
    { ...NOTHING, area: "policy", about: ALL, title, facts },
  ];
  const others = Object.fromEntries(
    flattenFields(rest).map(([name, value]) => [name, rankedField(name, value)]),
  );
  return [
    ...Object.entries(checks).map(([name, check]) =>
      entry(name, { ...checkFacts(check), ...(name === "scan" && scanFacts(checks.scan)) }),
    ),
    entry("", others),
  ];
}

const OUTCOMES: readonly PolicyOutcome[] = [
  "review",
  "warn",
  "block",
  "incomplete",
  "errored",
  "skipped",
];

function checkFacts(check: CheckLaw): Record<string, Fact> {
  const led = OUTCOMES.map((outcome): [string, Fact] => {
    if (check.refuse.includes(outcome)) return [outcome, { text: "refuses", rank: 2 }];
    if (check.hold.includes(outcome)) return [outcome, { text: "holds", rank: 1 }];
    return [outcome, { text: "lets through", rank: 0 }];
  });
  return {
    need: { text: check.need, rank: check.need === "required" ? 1 : 0 },
    ...Object.fromEntries(led),
  };
}

function scanFacts({ minScore, advisories }: ScanLaw): Record<string, Fact> {
  return {
    minScore: { text: String(minScore), rank: minScore },
    advisories: { text: advisories, rank: advisories === "required" ? 1 : 0 },
  };
}

function rankedField(name: string, value: string): Fact {
  if (name === "certificates.maxDays") return { text: `${value} days`, rank: -Number(value) };
  if (name === "scan.maxFlips") return { text: `${value} %`, rank: -Number(value) };
  if (name.startsWith("evals.")) return { text: value, rank: -Number(value) };
  const ranks: Readonly<Record<string, number>> = { require: 2, refuse: 2, hold: 1 };
  return { text: value, rank: Object.hasOwn(ranks, value) ? (ranks[value] ?? 0) : 0 };
}

export function flattenFields(value: object, prefix = ""): [string, string][] {
  return Object.entries(value).flatMap(([key, field]: [string, unknown]): [string, string][] => {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof field === "object" && field !== null && !Array.isArray(field))
      return flattenFields(field, name);
    return [[name, Array.isArray(field) ? field.join(", ") || "none" : String(field)]];
  });
}

function teamEntries({ teams }: ControlSnapshot): [string, LawEntry][] {
  return [...teams.values()].map((team) => {
    const { slug, name, signers, github } = team;
    const facts = {
      name: plain(name),
      // Who owns the organisation there lets people in here.
      "GitHub team":
        github === null ? plain("none") : { text: `${github.org}/${github.team}`, rank: -1 },
    };
    const detail = signers.length === 0 ? "" : `signers ${signers.join(", ")}`;
    const about = [{ kind: "team", slug } as const];
    return [
      `team ${slug}`,
      { ...NOTHING, area: "team", about, title: slug, detail, facts, lists: { signer: signers } },
    ];
  });
}

function sourceEntries({ sources }: ControlSnapshot): [string, LawEntry][] {
  return [...sources.values()].flatMap((source) => {
    const { slug, team, visibility, branch, signers, url, policy, hasHostReleases } = source;
    const where = url ?? "hosted here";
    const facts = {
      team: plain(team),
      visibility: { text: visibility, rank: visibility === "private" ? 1 : 0 },
      branch: plain(branch),
      repo: plain(where),
      "releases on its host": plain(hasHostReleases ? "made" : "not made"),
    };
    const base = {
      ...NOTHING,
      area: "source",
      about: [{ kind: "source", slug, isPrivate: visibility === "private" }],
    } as const;
    const detail = `of team ${team}, ${visibility}, ${where}`;
    // What a source asks for beyond the registry's policy can only tighten.
    const own = flattenFields(policy ?? {}).map(([name, value]): [string, LawEntry] => {
      const title = `${slug}: own policy ${name} ${value}`;
      return [`source ${title}`, { ...base, title, weight: "tightens" }];
    });
    return [
      [`source ${slug}`, { ...base, title: slug, detail, facts, lists: { signer: signers } }],
      ...own,
    ];
  });
}

function signerEntries({ allowedSigners, openPgpKeys }: ControlSnapshot): [string, LawEntry][] {
  const lines = allowedSigners.entries.map((one): [string, LawEntry] => {
    const { key, principals, isAuthority } = one;
    const what = isAuthority ? "authority" : "key";
    const title = `${what} ${key.fingerprint} for ${principals}`;
    const about = [
      { kind: "signer", principals: principals.split(","), keys: [key.fingerprint] } as const,
    ];
    const facts = windowOf(one);
    const detail = Object.entries(facts)
      .filter(([, { text }]) => text !== "any")
      .map(([name, { text }]) => `${name} ${text}`)
      .join(", ");
    return [`trust ${title}`, { ...NOTHING, area: "trust", about, title, detail, facts }];
  });
  const files = openPgpKeys.keys.map((one): [string, LawEntry] => {
    const whom = one.principal ?? "its user ids";
    const title = `OpenPGP key ${one.fingerprint} for ${whom}`;
    const about = [
      {
        kind: "signer",
        principals: one.principal === undefined ? [] : [one.principal],
        keys: [...one.fingerprints],
      } as const,
    ];
    return [`trust ${title}`, { ...NOTHING, area: "trust", about, title }];
  });
  return [...lines, ...files];
}

function windowOf({ validAfterMs, validBeforeMs, namespaces }: AllowedSigner) {
  const time = (ms: number | undefined) => (ms === undefined ? "any" : new Date(ms).toISOString());
  return {
    "valid after": { text: time(validAfterMs), rank: validAfterMs ?? 0 },
    "valid before": {
      text: time(validBeforeMs),
      rank: validBeforeMs === undefined ? Number.NEGATIVE_INFINITY : -validBeforeMs,
    },
    namespaces: plain(namespaces ?? "any"),
  };
}

function revocationEntries({ revoked }: ControlSnapshot): [string, LawEntry][] {
  return [...revoked].flatMap(([subject, all]) =>
    all.map((one): [string, LawEntry] => {
      const about: Subject = subject.startsWith("principal ")
        ? { kind: "signer", principals: [subject.slice("principal ".length)], keys: [] }
        : { kind: "signer", principals: [], keys: [subject.split(" ")[0] ?? subject] };
      const title = `${subject} ${one.kind}${sinceOf(one)}`;
      return [
        `revoked ${title}`,
        {
          ...NOTHING,
          area: "revoked",
          about: [about],
          title,
          detail: one.reason,
          weight: "tightens",
        },
      ];
    }),
  );
}

function sinceOf({ since }: Revocation): string {
  return since === null ? "" : ` since ${since.toISOString()}`;
}

/** Long enough that no two words are taken for one. */
function shorten(digest: string): string {
  return digest.slice(0, 24);
}

function decisionEntries({
  yanks,
  approvals,
  waivers,
  imports,
}: ControlSnapshot): [string, LawEntry][] {
  const skill = (coordinate: string): readonly Subject[] => [{ kind: "skill", coordinate }];
  const entry = (
    area: LawEntry["area"],
    about: readonly Subject[],
    title: string,
    detail: string,
    weight: LawEntry["weight"],
  ): [string, LawEntry] => [`${area} ${title}`, { ...NOTHING, area, about, title, detail, weight }];
  return [
    ...yanks.map((one) =>
      entry("yank", skill(one.skill), `${one.skill}@${one.version}`, one.reason, "tightens"),
    ),
    ...approvals.map((one) =>
      entry(
        "approval",
        skill(one.skill),
        `${one.skill}@${one.version} by ${one.by}, of ${shorten(one.digest)}`,
        one.reason,
        "loosens",
      ),
    ),
    ...waivers.map((one) =>
      entry(
        "waiver",
        skill(one.skill),
        `${one.rule} for ${one.skill}@${one.version} until ${one.until.toISOString()} by ${one.by}, asked for by ${one.requestedBy}, of ${shorten(one.digest)}`,
        one.reason,
        "loosens",
      ),
    ),
    // Whose source it is, and whether others may know of it, its own entry says.
    ...imports.map((one) =>
      entry(
        "import",
        [{ kind: "source", slug: one.source, isPrivate: true }],
        `${one.source} by ${one.by}, of ${shorten(one.digest)}`,
        one.reason,
        "loosens",
      ),
    ),
  ];
}
