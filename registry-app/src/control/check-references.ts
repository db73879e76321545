import type { ControlProblem, ControlSnapshot } from "./types.ts";

/** What no file shows alone: teams that are not there, and one key for two people. */
export function checkReferences(snapshot: ControlSnapshot): readonly ControlProblem[] {
  return [...missingTeams(snapshot), ...sharedKeys(snapshot)];
}

function missingTeams({ sources, teams }: ControlSnapshot): ControlProblem[] {
  return [...sources.values()]
    .filter(({ team }) => !teams.has(team))
    .map(({ slug, team }) => ({
      file: `sources/${slug}.yaml`,
      line: 1,
      message: `team ${team} does not exist: add teams/${team}.yaml`,
    }));
}

/** A key that two lines give to different people would let each sign as the other; an authority's key signs for many. */
function sharedKeys({ allowedSigners }: ControlSnapshot): ControlProblem[] {
  return [...allowedSigners.byFingerprint.values()].flatMap((all) => {
    const entries = all.filter((entry) => !entry.isAuthority);
    const [first] = entries;
    return entries
      .filter((entry) => first !== undefined && entry.principals !== first.principals)
      .map((entry) => ({
        file: "trust/allowed_signers",
        line: entry.line,
        message: `${entry.key.fingerprint} is ${first?.principals ?? ""}'s by line ${first?.line ?? 0}; a key belongs to one principal`,
      }));
  });
}
