import semver from "semver";
import type { Ecosystem } from "../dependencies/dependency.ts";

/** Order of two versions as their ecosystem has it: negative, zero, positive, or null when one of them is no version. */
export function compareIn(ecosystem: Ecosystem, a: string, b: string): number | null {
  if (ecosystem === "npm" || ecosystem === "cargo" || ecosystem === "go") return bySemver(a, b);
  const [left, right] = [readPep440(a), readPep440(b)];
  return left === null || right === null ? null : byPep440(left, right);
}

function bySemver(a: string, b: string): number | null {
  const [left, right] = [readSemver(a), readSemver(b)];
  return left === null || right === null ? null : semver.compare(left, right);
}

/** OSV writes `0` for "from the beginning". */
function readSemver(text: string): string | null {
  if (text === "0") return "0.0.0-0";
  return semver.valid(text.slice(0, 100), { loose: true });
}

type Pep440 = {
  readonly epoch: number;
  readonly release: readonly number[];
  /** Where it stands before or after the release: dev, a, b, rc, none, post. */
  readonly phase: readonly [number, number];
  readonly post: number;
  readonly dev: number;
};

const PHASES: Readonly<Record<string, number>> = {
  a: 1,
  alpha: 1,
  b: 2,
  beta: 2,
  c: 3,
  rc: 3,
  pre: 3,
  preview: 3,
};
const FINAL = 4;
const DEV_ONLY = 0;

function readPep440(text: string): Pep440 | null {
  const found =
    /^v?(?:(\d{1,9})!)?(\d{1,12}(?:\.\d{1,12}){0,20})(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d{0,12}))?(?:[-_.]?(?:post|rev|r)[-_.]?(\d{0,12})|-(\d{1,12}))?(?:[-_.]?dev[-_.]?(\d{0,12}))?(?:\+[\w.-]{0,60})?$/.exec(
      text.trim().toLowerCase().slice(0, 120),
    );
  if (found === null) return null;
  const [, epoch, release = "0", phase, phaseNumber, post, bare, dev] = found;
  const isPost = post !== undefined || bare !== undefined;
  const isDevOnly = dev !== undefined && phase === undefined && !isPost;
  return {
    epoch: Number(epoch ?? 0),
    release: release.split(".").map(Number),
    phase: [
      isDevOnly ? DEV_ONLY : phase === undefined ? FINAL : (PHASES[phase] ?? FINAL),
      Number(phaseNumber ?? 0),
    ],
    post: isPost ? Number(post ?? bare ?? 0) : -1,
    dev: dev === undefined ? Number.POSITIVE_INFINITY : Number(dev),
  };
}

function byPep440(a: Pep440, b: Pep440): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  for (let at = 0; at < Math.max(a.release.length, b.release.length); at += 1) {
    const difference = (a.release[at] ?? 0) - (b.release[at] ?? 0);
    if (difference !== 0) return difference;
  }
  const later = [a.phase[0] - b.phase[0], a.phase[1] - b.phase[1], a.post - b.post];
  const decided = later.find((difference) => difference !== 0);
  if (decided !== undefined) return decided;
  return a.dev === b.dev ? 0 : a.dev < b.dev ? -1 : 1;
}
