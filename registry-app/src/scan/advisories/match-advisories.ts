import type { Dependency } from "../dependencies/dependency.ts";
import type { Advisory, AdvisoryMatch, AdvisorySnapshot } from "./advisory.ts";
import { compareIn } from "./compare-versions.ts";

const MAX_MATCHES = 500;

/**
 * The advisories that speak of what the skill brings in. A version that is not pinned matches only what holds for every
 * version: nobody can say which one it will be.
 */
export function matchAdvisories(
  dependencies: readonly Dependency[],
  snapshot: AdvisorySnapshot,
): readonly AdvisoryMatch[] {
  const byPackage = Map.groupBy(snapshot.advisories, (one) => `${one.ecosystem}:${one.package}`);
  return dependencies
    .filter(({ source }) => source !== "path")
    .flatMap((dependency) =>
      (byPackage.get(`${dependency.ecosystem}:${dependency.name}`) ?? [])
        .filter((advisory) => isAffected(dependency, advisory))
        .map((advisory) => ({ dependency, advisory })),
    )
    .slice(0, MAX_MATCHES);
}

function isAffected(dependency: Dependency, advisory: Advisory): boolean {
  if (advisory.versions.length === 0 && advisory.ranges.length === 0) return true;
  const { version, isPinned, ecosystem } = dependency;
  const isAll = advisory.ranges.some(
    ({ introduced, fixed, lastAffected }) =>
      introduced === "0" && fixed === null && lastAffected === null,
  );
  if (isAll) return true;
  if (!isPinned || version === null) return false;
  if (advisory.versions.some((one) => one === version || compareIn(ecosystem, one, version) === 0))
    return true;
  return advisory.ranges.some(({ introduced, fixed, lastAffected }) => {
    const isFrom = introduced === "0" || isOrder(compareIn(ecosystem, version, introduced), [0, 1]);
    const isBefore = fixed === null || isOrder(compareIn(ecosystem, version, fixed), [-1]);
    const isUpTo =
      lastAffected === null || isOrder(compareIn(ecosystem, version, lastAffected), [-1, 0]);
    return isFrom && isBefore && isUpTo;
  });
}

function isOrder(order: number | null, wanted: readonly number[]): boolean {
  return order !== null && wanted.includes(Math.sign(order));
}
