import type { Trait } from "../facts.ts";
import { CHAT_HOOKS, DROP_HOSTS, INSTALLERS, PLACEHOLDERS, SHORTENERS } from "./hosts.ts";

export type UrlFacts = {
  readonly url: string;
  readonly scheme: string;
  /** Lower case, without port. */
  readonly host: string;
  readonly path: string;
  readonly traits: readonly Trait[];
};

const URL_SHAPE =
  /\b(hxxps?|https?|wss?|ftps?|tcp|udp|stratum\+(?:tcp|ssl)):\/\/((?:[^\s/@"'`<>]{1,200}@)?)(\[[0-9a-f:.]{2,45}\]|[^\s/:?#"'`<>\\|)\]}]{1,255})(:\d{1,5})?([^\s"'`<>\\|)\]}]{0,1000})/gi;
const MAX_URLS = 200;

/** What the first address in a text says; null when there is none. */
export function describeUrl(text: string): UrlFacts | null {
  return findUrls(text)[0] ?? null;
}

/** Every address of a text, with defanged spellings put right. */
export function findUrls(text: string): readonly UrlFacts[] {
  const plain = text.slice(0, 100_000).replaceAll(/\[\.\]|\(\.\)/g, ".");
  const found: UrlFacts[] = [];
  for (const match of plain.matchAll(URL_SHAPE)) {
    if (found.length >= MAX_URLS) break;
    const [url, scheme = "", , host = "", , path = ""] = match;
    found.push(describe(url, scheme, host, path));
  }
  return found;
}

function describe(url: string, rawScheme: string, rawHost: string, path: string): UrlFacts {
  const scheme = rawScheme.toLowerCase().replace("hxxp", "http");
  const host = rawHost.toLowerCase().replace(/\.$/, "");
  const traits: Trait[] = [];
  const isLocal = isLocalHost(host);
  const place = `${host}${path}`.toLowerCase();
  if (isLocal) traits.push("local");
  else if (isAddress(host)) traits.push("raw-address");
  if (scheme === "http" && !isLocal) traits.push("plain-http");
  if (isBelow(host, DROP_HOSTS) || CHAT_HOOKS.some((hook) => place.startsWith(hook)))
    traits.push("drop-host");
  if (isBelow(host, SHORTENERS)) traits.push("shortener");
  if (isPlaceholder(host)) traits.push("placeholder");
  if (/[$…{<*]/.test(host)) traits.push("dynamic");
  if (/[$…{]/.test(path)) traits.push("interpolated");
  if (
    scheme === "https" &&
    INSTALLERS.some((one) => place === one.replace(/\/$/, "") || place.startsWith(one))
  )
    traits.push("known-installer");
  if (isMutable(host, path)) traits.push("mutable-ref");
  return { url: url.slice(0, 1000), scheme, host, path, traits };
}

function isBelow(host: string, list: readonly string[]): boolean {
  return list.some((one) => host === one || host.endsWith(`.${one}`));
}

function isPlaceholder(host: string): boolean {
  return /^your[-_]|^<|^my-?(?:server|host)/.test(host) || isBelow(host, PLACEHOLDERS);
}

function isLocalHost(host: string): boolean {
  return (
    /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|0\.0\.0\.0|\[::1?\]|host\.docker\.internal)$/.test(
      host,
    ) ||
    /\.(?:local|localhost|internal|svc|lan)$/.test(host) ||
    /^(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}$/.test(host)
  );
}

/** An address in any spelling that resolvers take: dotted, decimal, hexadecimal, IPv6. */
function isAddress(host: string): boolean {
  return (
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ||
    /^\d{8,10}$/.test(host) ||
    /^0x[0-9a-f]{1,8}(?:\.0x[0-9a-f]{1,2}){0,3}$/.test(host) ||
    host.startsWith("[")
  );
}

function isMutable(host: string, path: string): boolean {
  if (host === "raw.githubusercontent.com") return !/\/(?:v?\d+\.\d+|[0-9a-f]{40})/.test(path);
  if (host.startsWith("gist.")) return true;
  return (
    host === "github.com" &&
    /\/releases\/(?:latest|download\/latest)|\/(?:raw|archive)\/(?:refs\/heads\/)?(?:main|master)\b/.test(
      path,
    )
  );
}
