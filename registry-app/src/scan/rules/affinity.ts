import type { About } from "./rule.ts";

/**
 * Whether a secret or a download has something to do with a host. A skill for a service sends that service's key to
 * that service; it does not send one vendor's key to somebody else.
 */

/** The host of an address, lower case; empty for what is no address. */
export function hostOf(target: string | null): string {
  const match = /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/@\s]{0,200}@)?([^/:?#\s]{1,255})/i.exec(
    target ?? "",
  );
  return (match?.[1] ?? "").toLowerCase();
}

/** Parts of a variable's name that say what kind of value it is, and not whose. */
const KIND_WORDS = new Set(
  "api key keys token tokens secret secrets access password passwd pass pwd bot auth oauth client private public app application service account user username id database db url uri dsn jwt session cookie bearer refresh signing webhook master admin root default prod production dev test credentials credential creds my the sdk".split(
    " ",
  ),
);

/** Short names under which vendors' keys go, with what stands in their hosts. */
const ALIASES = new Map<string, readonly string[]>(
  Object.entries({
    bot: ["telegram", "discord", "slack"],
    gh: ["github"],
    ghcr: ["github", "ghcr"],
    gl: ["gitlab"],
    aws: ["amazonaws", "amazon"],
    gcp: ["google"],
    google: ["google", "gstatic", "youtube"],
    gemini: ["google"],
    youtube: ["google"],
    gmail: ["google"],
    azure: ["azure", "microsoft", "windows.net"],
    msgraph: ["microsoft"],
    hf: ["huggingface", "hf.co"],
    huggingface: ["huggingface", "hf.co"],
    claude: ["anthropic", "claude"],
    anthropic: ["anthropic", "claude"],
    tg: ["telegram"],
    fb: ["facebook"],
    meta: ["facebook", "instagram", "whatsapp", "meta"],
    instagram: ["facebook", "instagram"],
    twitter: ["twitter", "x.com"],
    x: ["twitter", "x.com"],
    npm: ["npmjs", "registry.npm"],
    pypi: ["pypi", "upload.pypi"],
    do: ["digitalocean"],
    cf: ["cloudflare"],
    dashscope: ["aliyuncs"],
    oss: ["aliyuncs"],
    ark: ["volces"],
    jina: ["jina"],
    confluence: ["atlassian"],
    jira: ["atlassian"],
    feishu: ["feishu", "larksuite"],
    lark: ["feishu", "larksuite"],
    notion: ["notion"],
    supabase: ["supabase"],
  }),
);

/** Owners whose keys many machines hold, beside those with a short name. */
const WELL_KNOWN: ReadonlySet<string> = new Set(
  "openai stripe slack sendgrid docker discord telegram twilio mailgun cloudflare heroku netlify vercel github gitlab bitbucket npm pypi anthropic google gemini azure aws datadog sentry shopify square paypal plaid okta auth0 firebase supabase mongodb postgres redis digitalocean huggingface cohere mistral groq replicate pinecone algolia dropbox notion airtable linear figma zendesk intercom hubspot salesforce".split(
    " ",
  ),
);

/** Whether the name says that a service which everybody knows has given it out. */
export function isWellKnownOwner(secretName: string): boolean {
  return ownersOf(secretName).some((owner) => WELL_KNOWN.has(owner) || ALIASES.has(owner));
}

/** Whether a service that everybody knows answers there. */
export function isWellKnownHost(host: string): boolean {
  const lower = host.toLowerCase();
  const site = lower.split(".").slice(-2, -1)[0] ?? "";
  const parts = [...ALIASES.values()].flat();
  return WELL_KNOWN.has(site) || parts.some((part) => site === part || lower === part);
}

/** Words that half of all hosts and texts have, so that sharing them says nothing. */
const COMMON = new Set(
  "www api com org net dev app cloud data http https example service services server online site host web the and for with from this that your skill skills agent agents tool tools helper code file files install raw main get docs".split(
    " ",
  ),
);

/** Whose the secret of this name is, as far as the name tells: lower-case words, empty for `API_KEY`. */
export function ownersOf(secretName: string): readonly string[] {
  return secretName
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !KIND_WORDS.has(word) && !/^\d+$/.test(word));
}

/** Whether a secret of this name is one that the host itself has given out. */
export function belongsTo(secretName: string, host: string, about: About): boolean {
  const owners = ownersOf(secretName);
  const lower = host.toLowerCase();
  const isOwners = owners.some((owner) =>
    (ALIASES.get(owner) ?? [owner]).some((part) => part.length > 1 && isWithin(part, lower)),
  );
  if (isOwners) return true;
  // A key with no owner in its name, or with the skill's own, is the one for the service the skill is about.
  const own = wordsOf(about.name);
  const isOwn = owners.length === 0 || owners.some((owner) => own.has(owner));
  return isOwn && isAboutHost(host, about);
}

/** `lumaai` is `lumalabs`' by its first letters, `fmp` is `financialmodelingprep`'s by its initials. */
function isWithin(owner: string, host: string): boolean {
  if (host.includes(owner)) return true;
  const site = host.split(".").slice(-2, -1)[0] ?? "";
  if (owner.length >= 5 && site.startsWith(owner.slice(0, 4))) return true;
  if (owner.length > 4 || owner[0] !== site[0] || site.length < 8) return false;
  let at = 0;
  for (const letter of site) if (letter === owner[at]) at += 1;
  return at === owner.length;
}

/** Whether the skill is about the service at this host: its name or description share a word with the host's. */
export function isAboutHost(host: string, about: About): boolean {
  const lower = host.toLowerCase();
  const words = wordsOf(`${about.name} ${about.description}`);
  const labels = lower.split(".").slice(0, -1);
  return labels
    .flatMap((label) => [label, ...label.split("-")])
    .some((part) => part.length > 2 && !COMMON.has(part) && isSharedBy(part, words));
}

function isSharedBy(part: string, words: ReadonlySet<string>): boolean {
  if (words.has(part)) return true;
  return [...words].some((word) => word.length > 4 && (part.includes(word) || word.includes(part)));
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .toLowerCase()
      .slice(0, 4000)
      .split(/[^a-z0-9]+/)
      .filter((word) => word.length > 2 && !COMMON.has(word)),
  );
}
