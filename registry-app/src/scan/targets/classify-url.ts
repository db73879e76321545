import type { Trait } from "../facts.ts";
import { CHAT_HOOKS, CLOUD_METADATA, DROP_HOSTS, PLACEHOLDERS, SHORTENERS } from "./hosts.ts";
import { INSTALLERS } from "./installers.ts";

export type UrlFacts = {
  readonly url: string;
  readonly scheme: string;
  /** Lower case, without port; an address in any spelling is written the usual way. */
  readonly host: string;
  readonly path: string;
  readonly traits: readonly Trait[];
};

/** Each alternative begins with another character, so that a text is read once: a filled-in part, or a plain one. */
const HOST = String.raw`\[[0-9a-f:.]{2,45}\]|(?:\$?\{{1,2}[^{}\s]{1,80}\}{1,2}|<[^<>\s]{1,60}>|\$\([^()\s]{1,80}\)|[^\s/:?#"'${"`"}<>\\|(){}\]]){1,255}`;
const REST = String.raw`(?:\$?\{{1,2}[^{}\s]{0,80}\}{1,2}|<[^<>\s]{1,60}>|\$\([^()]{1,80}\)|[^\s"'${"`"}<>\\|(){}\]]){0,1000}`;
const URL_SHAPE = new RegExp(
  String.raw`\b(hxxps?|https?|wss?|s?ftps?|tcp|udp|stratum\+(?:tcp|ssl)):\/\/([^\s/?#@"'${"`"}<>]{1,200}@)?(${HOST})(:\d{1,5})?(${REST})`,
  "gi",
);
/** `host.name/path` or `1.2.3.4:80`, as command lines take it. */
const BARE_SHAPE = /^((?:[a-z0-9-]{1,63}\.){1,8}[a-z0-9-]{1,63})(:\d{1,5})?(\/\S{0,1000})?$/i;
const MAX_URLS = 200;
const MAX_TEXT = 100_000;

/** What the first address in a text says; null when there is none. A text that is nothing else needs no scheme. */
export function describeUrl(text: string): UrlFacts | null {
  return findUrls(text)[0] ?? describeBare(refang(text.slice(0, 1500)));
}

/** Every address of a text, with defanged spellings put right. */
export function findUrls(text: string): readonly UrlFacts[] {
  const found: UrlFacts[] = [];
  for (const match of refang(text.slice(0, MAX_TEXT)).matchAll(URL_SHAPE)) {
    if (found.length >= MAX_URLS) break;
    const [url, scheme = "", user = "", host = "", port = "", path = ""] = match;
    found.push(describe({ url, scheme, user, host, port, path }));
  }
  return found;
}

/** Whether an address is one at which a cloud tells a machine its keys. */
export function isCloudMetadata(text: string): boolean {
  const host = describeUrl(text)?.host;
  return host !== undefined && CLOUD_METADATA.includes(host);
}

function refang(text: string): string {
  return text.replaceAll(/\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)/gi, ".").replaceAll("[:]", ":");
}

function describeBare(text: string): UrlFacts | null {
  const [url, host = "", port = "", path = ""] =
    BARE_SHAPE.exec(text.trim().replaceAll(/^["'<]|["'>]$/g, "")) ?? [];
  if (url === undefined) return null;
  const isOfInstaller = isInstaller(host.toLowerCase(), path);
  const isNamed =
    isOfInstaller || isAddress(canonicalHost(host)) || isBelow(host.toLowerCase(), KNOWN);
  // `notes.md` is a file as well as a name: something has to say that it is a host.
  if (port === "" && !/^\/./.test(path) && !isNamed) return null;
  // A documented installer's short form, `curl get.tool.dev | sh`, is redirected to TLS by its host.
  const scheme = port === "" && isOfInstaller ? "https" : "http";
  return describe({ url, scheme, user: "", host, port, path });
}

type Pieces = {
  readonly url: string;
  readonly scheme: string;
  readonly user: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
};

function describe(pieces: Pieces): UrlFacts {
  const scheme = pieces.scheme.toLowerCase().replace("hxxp", "http");
  const path = pieces.path.replace(/[.,;:!?*…]{1,9}$/, (end) => (end.includes("…") ? end : ""));
  const named =
    path === "" && pieces.port === "" ? pieces.host.replace(/[.,;!*]{1,9}$/, "") : pieces.host;
  const host = canonicalHost(named.replace(/\.$/, ""));
  const isLocal = isLocalHost(host);
  const place = `${host}${path}`.toLowerCase();
  const is: readonly (readonly [Trait, boolean])[] = [
    ["local", isLocal],
    ["raw-address", !isLocal && isAddress(host)],
    ["plain-http", scheme === "http" && !isLocal],
    ["drop-host", isBelow(host, DROP_HOSTS) || CHAT_HOOKS.some((one) => place.startsWith(one))],
    ["shortener", isBelow(host, SHORTENERS)],
    ["placeholder", isPlaceholder(host)],
    ["dynamic", /[$…{<*%]/.test(host)],
    ["interpolated", /\$|…|\{/.test(path)],
    ["known-installer", scheme === "https" && pieces.port === "" && isInstaller(host, path)],
    ["mutable-ref", isMutable(host, path)],
  ];
  const traits = is.flatMap(([trait, holds]) => (holds ? [trait] : []));
  const cut = pieces.path.length - path.length + pieces.host.length - named.length;
  const url = pieces.url.slice(0, pieces.url.length - cut);
  return { url: url.slice(0, 1000), scheme, host, path, traits };
}

/** Resolvers take addresses in decimal, octal and hexadecimal, and percent signs in names: all are written one way. */
function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  if (!/^\d|^\[|%[0-9a-f]{2}/.test(lower) || /[…${<]/.test(lower)) return lower;
  return URL.parse(`http://${lower}/`)?.hostname ?? lower;
}

function isBelow(host: string, list: readonly string[]): boolean {
  return list.some((one) => host === one || host.endsWith(`.${one}`));
}

const KNOWN = [...DROP_HOSTS, ...SHORTENERS];

function isInstaller(host: string, path: string): boolean {
  if (/\/\.\.?(?:\/|$)|%2e|[$…{]/i.test(path)) return false;
  const own = path.toLowerCase();
  return INSTALLERS.some((one) => {
    const slash = one.indexOf("/");
    return slash < 0
      ? host === one
      : host === one.slice(0, slash) && own.startsWith(one.slice(slash));
  });
}

function isPlaceholder(host: string): boolean {
  return (
    /(?:^|[.-])your[-_]|^<|^my-?(?:server|host|domain)\b|^(?:attacker|target|victim|kali)[-_]?ip\b|^[lr]host\b|^x{3,20}\b|^\.{2,3}$/.test(
      host,
    ) || isBelow(host, PLACEHOLDERS)
  );
}

function isLocalHost(host: string): boolean {
  if (CLOUD_METADATA.includes(host)) return false;
  return (
    /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]|host\.docker\.internal)$/.test(
      host,
    ) ||
    /\.(?:local|localhost|internal|svc|lan)$/.test(host) ||
    /^(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}$/.test(host)
  );
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.startsWith("[");
}

/** Whether what lies there may be another thing tomorrow, as far as the address says. */
function isMutable(host: string, path: string): boolean {
  const isPinned = /[/@]v?\d{1,4}\.\d|[0-9a-f]{40}/.test(path);
  if (host === "raw.githubusercontent.com") return !isPinned;
  if (host.startsWith("gist.")) return !/[0-9a-f]{40}/.test(path);
  if (host === "cdn.jsdelivr.net") return path.startsWith("/gh/") && !isPinned;
  if (host !== "github.com" && host !== "gitlab.com") return false;
  return /\/releases\/(?:latest|download\/latest)|\/(?:raw|archive)\/(?:refs\/heads\/)?(?:main|master|HEAD)\b/.test(
    path,
  );
}
