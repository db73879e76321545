import type { About } from "../rules/rule.ts";
import type { CapabilityKind } from "./infer-capabilities.ts";

/** What a skill says that it does, asked by kind and detail. */
export type Declared = {
  readonly covers: (kind: CapabilityKind, detail: string | null) => boolean;
};

/** Words of the description and of `compatibility` that announce a kind as such. */
const SAID: Readonly<Record<CapabilityKind, RegExp>> = {
  network:
    /\b(?:internet|network access|requires? (?:network|internet)|online|web (?:search|access)|https? requests?|api)\b/i,
  listen: /\b(?:server|listens?|daemon|localhost|port \d)\b/i,
  "run-programs": /\b(?:cli|command[- ]line|commands?|scripts?|runs?|executes?|terminal|shell)\b/i,
  "run-data": /\b(?:evaluates?|interpreter|sandbox|repl|executes? code)\b/i,
  install: /\b(?:installs?|requires?|dependenc\w{1,5}|packages?|setup|set up)\b/i,
  "read-secrets":
    /\b(?:credentials?|secrets?|tokens?|api keys?|passwords?|ssh|keychain|log ?in|authenticat\w{1,6})\b/i,
  "read-environment": /\benvironment(?: variables?)?\b/i,
  capture: /\b(?:screenshots?|screen|clipboard|microphone|record\w{0,4}|keyboard|camera)\b/i,
  "write-outside": /\b(?:configur\w{1,8}|settings?|profile|dotfiles?|memory|hooks?|system)\b/i,
  delete: /\b(?:deletes?|removes?|cleans?|clean ?up|prunes?|uninstalls?)\b/i,
  schedule: /\b(?:schedul\w{1,4}|cron|daily|hourly|periodic\w{0,4}|background|autostart|daemon)\b/i,
  elevate: /\b(?:sudo|root|administrator|admin rights|elevated)\b/i,
  weaken: /\b(?:firewall|disables?|hardening|permissions?)\b/i,
  publish:
    /\b(?:publish\w{0,4}|posts?|releases?|deploy\w{0,5}|push\w{0,3}|pull requests?|commits?)\b/i,
  encrypt: /\b(?:encrypt\w{0,4}|decrypt\w{0,4}|cipher|vault)\b/i,
  mine: /\bmin(?:er|ing)\b/i,
};

const NETWORK_TOOLS = /^(?:webfetch|websearch|web_fetch|web_search|browser|fetch|mcp__)/i;
const WRITE_TOOLS = /^(?:write|edit|multiedit|notebookedit)\b/i;

export function readDeclared(about: About): Declared {
  const text = `${about.description.slice(0, 4000)}\n${about.compatibility.slice(0, 2000)}`;
  const words = new Set(text.toLowerCase().split(/[^\p{L}\p{N}.+-]{1,200}/u));
  const programs = new Set(about.allowedTools.flatMap(programsOf));
  const mayRunAll = about.allowedTools.some((tool) =>
    /^(?:bash|shell|\*)(?:\(\s{0,4}\*\s{0,4}\))?$/i.test(tool.trim()),
  );
  const mayFetch = about.allowedTools.some((tool) => NETWORK_TOOLS.test(tool.trim()));
  const mayWrite = about.allowedTools.some((tool) => WRITE_TOOLS.test(tool.trim()));
  return {
    covers: (kind, detail) => {
      if (kind === "network" && detail !== null && isNamedHost(detail, about.hosts)) return true;
      if (kind === "network" && detail === null && mayFetch) return true;
      if (kind === "run-programs" && (mayRunAll || (detail !== null && programs.has(detail))))
        return true;
      if (kind === "write-outside" && mayWrite) return true;
      if (detail !== null && words.has(lastPart(detail))) return true;
      // A host or package that nobody named is not covered by words about hosts or packages as such.
      const isOneOfMany = detail !== null && (kind === "network" || kind === "install");
      return !isOneOfMany && SAID[kind].test(text);
    },
  };
}

/** `Bash(git:*)`, `Bash(npx tool *)`: the programs that a tool's brackets let run. */
function programsOf(tool: string): readonly string[] {
  const inner = /^(?:bash|shell|execute|terminal)\(([^()]{1,300})\)$/i.exec(tool.trim())?.[1] ?? "";
  return inner
    .split(/[,|]/)
    .map(
      (part) =>
        part
          .trim()
          .split(/[\s:*]/, 1)[0]
          ?.split("/")
          .at(-1)
          ?.toLowerCase() ?? "",
    )
    .filter((name) => name !== "");
}

/** The host itself, one above it or one below it: api.example.com for a skill that names example.com. */
function isNamedHost(host: string, hosts: ReadonlySet<string>): boolean {
  const own = siteOf(host);
  return [...hosts].some((one) => one === host || siteOf(one) === own);
}

/** The last two labels; three where the last two are a public suffix such as co.uk. An address is its own. */
function siteOf(host: string): string {
  if (/^[\d.]+$|:/.test(host)) return host;
  const labels = host.split(".");
  const isLong =
    /^(?:co|com|org|net|gov|ac|edu|github|gitlab|vercel|netlify|pages|workers)$/.test(
      labels.at(-2) ?? "",
    ) &&
    labels.length > 2 &&
    (labels.at(-1) ?? "").length <= 3;
  return labels.slice(isLong ? -3 : -2).join(".");
}

function lastPart(detail: string): string {
  return detail.toLowerCase().split(/[:/]/).at(-1) ?? detail;
}
