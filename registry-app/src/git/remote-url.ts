import { BlockList, isIP } from "node:net";
import type { RemoteUrl } from "./records.ts";

type Refused = Extract<RemoteUrl, { kind: "refused" }>;

/** Everything that is not the public internet (IANA special-purpose registries), metadata addresses included. */
const PRIVATE_SUBNETS = `
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
  192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24
  203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ::/96 64:ff9b::/96
  64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20
  fc00::/7 fe80::/10 fec0::/10 ff00::/8
`;

const privateAddresses = blockList(PRIVATE_SUBNETS.trim().split(/\s+/));
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "https:": 443, "http:": 80, "ssh:": 22 };
/** A URL parser leaves hosts and paths of ssh as they are, and ssh hands them on: plain letters only. */
const SSH_USER = /^[a-z_][a-z0-9_.-]{0,63}$/i;
const SSH_HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/;
const SSH_PATH = /^\/[A-Za-z0-9._~/+@-]+$/;
const SCP_FORM =
  /^([a-z_][a-z0-9_.-]*)@([a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\]):(?!\/\/)\/?([^\s:]+)$/i;
// oxlint-disable-next-line no-control-regex -- a URL parser would silently drop these
const UNPRINTABLE = /[\u0000-\u0020\u007f-\u{10ffff}]/u;

/** True for an address that is not on the public internet, or no address at all. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return privateAddresses.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** `git@host:path`, as hosts print it, written as the URL that means the same; any other text as it is. */
export function toRemoteUrl(text: string): string {
  const [, user, host, path] = SCP_FORM.exec(text) ?? [];
  return user === undefined ? text : `ssh://${user}@${host}/${path}`;
}

/**
 * Judges a remote's URL before git sees it. https or ssh, no secrets, no options; entries of `allowedHosts` are
 * `host`, `host:port`, `http://host:port` (plain http, named on purpose) and `file:` (laptops and tests). Without a
 * host entry any public host will do. Names are resolved, and private ones refused, when a mirror is fetched.
 */
export function checkRemoteUrl(text: string, allowedHosts: readonly string[]): RemoteUrl {
  if (text.startsWith("-")) return refused("option", "A URL cannot start with a dash.");
  if (text.length > 2048 || UNPRINTABLE.test(text) || !URL.canParse(text))
    return refused("malformed", "This is not a URL. It should look like https://host/path.git");
  const url = new URL(text);
  if (url.protocol === "ssh:") return checkSshUrl(url, allowedHosts);
  if (url.username !== "" || url.password !== "")
    return refused(
      "credentials",
      "Leave user and password out of the URL and store them as a credential.",
    );
  if (url.search !== "" || url.hash !== "")
    return refused("malformed", "A repository's URL has neither ? nor #.");
  if (url.protocol === "file:") return checkFileUrl(text, url, allowedHosts);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return refused("protocol", `Only https and ssh are followed, not ${url.protocol}`);
  return checkHost(url, allowedHosts);
}

function checkHost(url: URL, allowedHosts: readonly string[]): RemoteUrl {
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = url.port === "" ? (DEFAULT_PORTS[url.protocol] ?? 0) : Number(url.port);
  const entries = allowedHosts.map((entry) => entry.toLowerCase());
  const isHttpNamed = entries.includes(`http://${url.host}`);
  const named = [url.host, url.hostname, host, `${url.hostname}:${port}`];
  const isNamed = isHttpNamed || named.some((name) => entries.includes(name));
  if (url.protocol === "http:" && !isHttpNamed)
    return refused(
      "protocol",
      "Only https is followed; plain http only where ASSAY_GIT_HOSTS names it.",
    );
  if (!isNamed && entries.some((entry) => entry !== "file:"))
    return refused("host-not-allowed", `${host} is not one of the hosts in ASSAY_GIT_HOSTS.`);
  if (!isNamed && isIP(host) !== 0 && isPrivateAddress(host))
    return refused("private-address", `${host} is a private address; name it in ASSAY_GIT_HOSTS.`);
  const protocol = url.protocol === "https:" ? "https" : url.protocol === "ssh:" ? "ssh" : "http";
  // As it was judged and is pinned: with its last dot kept, curl would take the name for another and ask for it again.
  url.hostname = url.hostname.replace(/\.$/, "");
  return { kind: "ok", url: url.href, protocol, host, port, isNamed };
}

function checkSshUrl(url: URL, allowedHosts: readonly string[]): RemoteUrl {
  if (url.password !== "")
    return refused("credentials", "Leave the password out of the URL; ssh signs in with a key.");
  if (url.search !== "" || url.hash !== "")
    return refused("malformed", "A repository's URL has neither ? nor #.");
  if (!SSH_USER.test(url.username))
    return refused("malformed", "An ssh URL names its user: ssh://git@host/path.git");
  const plain = new URL(`ssh://${url.username}@${url.host.toLowerCase()}${url.pathname}`);
  if (!SSH_HOST.test(plain.hostname) || !SSH_PATH.test(plain.pathname))
    return refused("malformed", "An ssh URL has plain letters only: ssh://git@host:22/path.git");
  return checkHost(plain, allowedHosts);
}

function checkFileUrl(text: string, url: URL, allowedHosts: readonly string[]): RemoteUrl {
  if (!allowedHosts.includes("file:"))
    return refused(
      "protocol",
      "file: URLs are for laptops; ASSAY_GIT_HOSTS must name file: to allow them.",
    );
  if (url.host !== "" || !text.startsWith("file:///"))
    return refused("malformed", "A file URL has three slashes: file:///path");
  return { kind: "ok", url: url.href, protocol: "file", host: "", port: 0, isNamed: true };
}

function refused(because: Refused["because"], message: string): Refused {
  return { kind: "refused", because, message };
}

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = "", prefix = ""] = subnet.split("/");
    list.addSubnet(network, Number(prefix), network.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}
