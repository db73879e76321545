import type { HostReleaseFacts } from "@assay/registry/publish";
import { MAX_TITLE } from "./check-run.ts";
import { code, fit, oneLine } from "./markup.ts";

/** A release, as GitHub takes it (REST, "Create a release"). */
export type HostRelease = {
  readonly tag: string;
  readonly name: string;
  /** Markdown. */
  readonly body: string;
  readonly isPrerelease: boolean;
};

/** GitHub takes 125,000 characters. */
const MAX_BODY = 100_000;
const SHORT_OID = 7;

const HEADINGS: readonly (readonly [string, (entry: Entry) => boolean])[] = [
  ["Breaking changes", ({ breaking }) => breaking],
  ["New", ({ type }) => type === "feat"],
  ["Mended", ({ type }) => type === "fix" || type === "perf"],
  ["Other changes", () => true],
];
type Entry = HostReleaseFacts["entries"][number];

/** What the host of a source shows of a version that the registry published, and of what became of it. Pure. */
export function describeRelease(facts: HostReleaseFacts, publicUrl: string): HostRelease {
  const { team, skill, version, tag, isPrerelease } = facts;
  const page = `${publicUrl}/skills/${team}/${skill}/${version}`;
  const lines = [
    ...withdrawn(facts),
    `Published as ${code(`${team}/${skill}`)} ${code(version)}, signed by ${code(facts.signer)}.`,
    "",
    ...changes(facts),
    ...(facts.visibility === "public" && facts.state === "published"
      ? ["```sh", `npx skills add ${publicUrl}/s/${team}/${skill}@${version}`, "```", ""]
      : []),
    `Digest ${code(facts.digest)}. [Checks, findings, files and proof](${page})`,
  ];
  return {
    tag,
    name: oneLine(`${skill} ${version}`, MAX_TITLE),
    body: fit(lines, MAX_BODY),
    isPrerelease,
  };
}

function withdrawn({ state }: HostReleaseFacts): readonly string[] {
  if (state === "yanked")
    return ["**Yanked:** do not install this version anew. The registry says why.", ""];
  if (state === "quarantined")
    return ["**Quarantined:** do not use this version. The registry says why.", ""];
  return [];
}

/** Each change under the first heading that fits it, newest first, without the ones that nobody asked for. */
function changes({ entries, previous }: HostReleaseFacts): readonly string[] {
  const left = new Set(entries);
  const sections = HEADINGS.flatMap(([heading, fits]) => {
    const own = [...left].filter(fits);
    for (const entry of own) left.delete(entry);
    return own.length === 0 ? [] : [`### ${heading}`, "", ...own.map(lineOf), ""];
  });
  const since = previous === null ? [] : [`Since ${code(previous)}:`, ""];
  return sections.length === 0 ? [] : [...since, ...sections];
}

function lineOf({ scope, subject, commit }: Entry): string {
  const about = scope === null ? "" : `${code(scope)} `;
  return `- ${about}${code(subject)} (${commit.slice(0, SHORT_OID)})`;
}
