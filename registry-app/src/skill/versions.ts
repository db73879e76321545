import semver from "semver";

export type DeclaredBump = "first" | "major" | "minor" | "patch" | "prerelease" | "none";

const STRICT_VERSION =
  /^(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})(?:-[0-9A-Za-z.-]{1,64})?$/;

/** Whether `text` is a version Assay publishes: Semantic Versioning 2.0.0 without build metadata, at most 9 digits a part. */
export function isVersion(text: string): boolean {
  return STRICT_VERSION.test(text) && semver.valid(text) === text;
}

/** Order of two versions as semver 2.0.0 section 11 says: negative, zero or positive; throws on what `isVersion` refuses. */
export function compareVersions(a: string, b: string): number {
  return semver.compare(a, b);
}

/** Whether the version carries a pre-release part. */
export function isPrerelease(version: string): boolean {
  return semver.prerelease(version) !== null;
}

/** The highest version without a pre-release part, or undefined when there is none. */
export function highestStable(versions: readonly string[]): string | undefined {
  return highest(versions.filter((version) => !isPrerelease(version)));
}

/** The version a changelog of `version` starts from: the highest lower one, pre-releases counting only for a pre-release. */
export function previousOf(version: string, versions: readonly string[]): string | undefined {
  const lower = versions.filter((candidate) => compareVersions(candidate, version) < 0);
  return isPrerelease(version) ? highest(lower) : highestStable(lower);
}

/** What the step from one version to the next declares; `first` without a `from`, `none` when it does not go up. */
export function declaredBump(from: string | undefined, to: string): DeclaredBump {
  if (from === undefined) return "first";
  if (compareVersions(to, from) <= 0) return "none";
  if (isPrerelease(to)) return "prerelease";
  const [before, after] = [semver.parse(from), semver.parse(to)];
  if (before?.major !== after?.major) return "major";
  if (before?.minor !== after?.minor) return "minor";
  if (before?.patch !== after?.patch) return "patch";
  return bumpOfFinal(to);
}

/** 2.0.0 after 2.0.0-rc.1 releases what the pre-releases announced, so the zeros of the number tell the size. */
function bumpOfFinal(version: string): DeclaredBump {
  const parsed = semver.parse(version);
  if (parsed?.patch !== 0) return "patch";
  return parsed.minor === 0 ? "major" : "minor";
}

function highest(versions: readonly string[]): string | undefined {
  return versions.reduce<string | undefined>(
    (best, version) => (best === undefined || compareVersions(version, best) > 0 ? version : best),
    undefined,
  );
}
