import type { Repo } from "./addresses.ts";
import { statusOf, type Octokit } from "./connect.ts";
import type { HostRelease } from "./describe-release.ts";

/** What is kept in place of an id where somebody made the release of this tag themselves, or took ours away. */
export const THEIRS = "theirs";

export type SentRelease =
  /** `externalId` is what to call it by the next time. */
  | { readonly kind: "sent"; readonly externalId: string }
  /** The tag is not the object that was published: GitHub would show other bytes, or make a tag of its own. */
  | { readonly kind: "moved" };

/**
 * Makes the release of a tag say this: the one that was made last, or a new one. A release that people made is theirs, and
 * one that they deleted stays deleted.
 */
export async function sendRelease(
  octokit: Octokit,
  repo: Repo,
  release: HostRelease,
  made: { readonly tagOid: string; readonly externalId: string | null },
): Promise<SentRelease> {
  const place = { owner: repo.owner, repo: repo.name };
  const body = { name: release.name, body: release.body, prerelease: release.isPrerelease };
  const theirs: SentRelease = { kind: "sent", externalId: THEIRS };
  if (made.externalId === THEIRS) return theirs;
  if (made.externalId !== null) {
    const id = Number(made.externalId);
    const found = await orAbsent(
      octokit.rest.repos.updateRelease({ ...place, ...body, release_id: id }),
    );
    return found === undefined ? theirs : { kind: "sent", externalId: made.externalId };
  }
  const { data } = await octokit.rest.git.getRef({ ...place, ref: `tags/${release.tag}` });
  if (data.object.sha !== made.tagOid) return { kind: "moved" };
  const there = await orAbsent(octokit.rest.repos.getReleaseByTag({ ...place, tag: release.tag }));
  if (there !== undefined) return theirs;
  // In a repo of several skills the newest version of one is not the latest of the repo: GitHub picks by version and date.
  const created = await octokit.rest.repos.createRelease({
    ...place,
    ...body,
    tag_name: release.tag,
    make_latest: "legacy",
  });
  return { kind: "sent", externalId: String(created.data.id) };
}

async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined;
    throw cause;
  }
}
