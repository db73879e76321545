import type { Addresses } from "../addresses.ts";

/** One right that the App asks for, and what for: the only list of them. */
export type Permission = {
  readonly name: string;
  readonly access: "read" | "write";
  readonly because: string;
};

export const PERMISSIONS: readonly Permission[] = [
  { name: "metadata", access: "read", because: "GitHub gives no App less: names and ids of repos" },
  {
    name: "checks",
    access: "write",
    because: "to say on commits and pull requests what is made of them",
  },
  { name: "contents", access: "read", because: "to be told of pushes, tags and releases" },
  {
    name: "pull_requests",
    access: "read",
    because: "to list open pull requests and who approved which commit",
  },
  {
    name: "members",
    access: "read",
    because: "to keep teams that the law maps to a team of the organisation in line with it",
  },
];

/** What an operator may want beyond that, and the right that it takes: the App does it wherever it has the right. */
export const OPTIONAL_PERMISSIONS: Readonly<Record<Extra, Permission>> = {
  releases: {
    name: "contents",
    access: "write",
    because: "to show published versions as releases, where a source's law says hostReleases",
  },
  comments: {
    name: "pull_requests",
    access: "write",
    because: "to keep one comment on a pull request that says what its summary check says",
  },
  "code-scanning": {
    name: "security_events",
    access: "write",
    because: "to upload what the scan finds (SARIF), where the repo has code scanning",
  },
};
export const EXTRAS = ["releases", "comments", "code-scanning"] as const;
export type Extra = (typeof EXTRAS)[number];

/** One event that GitHub is asked to tell of, and what it is a hint of. */
export type Subscription = { readonly event: string; readonly because: string };

/**
 * GitHub refuses a whole manifest for one event that no right of it covers, or that comes to every App unasked
 * (`installation`, `installation_repositories`): those are not here, nor rulesets, which would take the right to administer.
 */
export const EVENTS: readonly Subscription[] = [
  { event: "push", because: "a tag or a branch may have moved" },
  { event: "create", because: "a tag may be new" },
  { event: "delete", because: "a tag may be gone" },
  { event: "release", because: "a tag may have been made on the page of releases" },
  { event: "pull_request", because: "there may be something to judge before it is merged" },
  { event: "pull_request_review", because: "somebody may have approved a commit" },
  { event: "check_run", because: "somebody may have pressed a button of a check" },
  { event: "check_suite", because: "somebody may have asked for all checks again" },
  { event: "repository", because: "a repo may have another name, owner or audience" },
  { event: "membership", because: "a team of the organisation may have other members" },
  { event: "team", because: "a team may have another name or be gone" },
];

/** An App manifest (GitHub's "Registering a GitHub App from a manifest"), in its field names. */
export type Manifest = {
  readonly name: string;
  readonly url: string;
  readonly hook_attributes: { readonly url: string; readonly active: true };
  readonly redirect_url: string;
  readonly description: string;
  readonly public: false;
  readonly default_permissions: Readonly<Record<string, "read" | "write">>;
  readonly default_events: readonly string[];
};

/** What GitHub is to make: an App with the least rights, whose webhooks come to this registry. */
export function toManifest(wish: {
  readonly name: string;
  /** Without a trailing slash. */
  readonly publicUrl: string;
  readonly redirectUrl: string;
  readonly extras: readonly Extra[];
}): Manifest {
  // What is asked for last counts: an extra widens a right that is there.
  const asked = [...PERMISSIONS, ...wish.extras.map((extra) => OPTIONAL_PERMISSIONS[extra])];
  return {
    name: wish.name,
    url: wish.publicUrl,
    hook_attributes: { url: `${wish.publicUrl}/api/github/webhooks`, active: true },
    redirect_url: wish.redirectUrl,
    description: "Judges signed tags and pull requests of Agent Skills.",
    public: false,
    default_permissions: Object.fromEntries(asked.map(({ name, access }) => [name, access])),
    default_events: EVENTS.map(({ event }) => event),
  };
}

/** Where GitHub takes a manifest: for an organisation's App, or for one's own. */
export function manifestAddress({ web }: Addresses, org: string | undefined): string {
  const owner = org === undefined ? "" : `/organizations/${encodeURIComponent(org)}`;
  return `${web}${owner}/settings/apps/new`;
}
