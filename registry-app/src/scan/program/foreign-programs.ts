import { readForeignFlow } from "./foreign-flow.ts";
import type { Draft, Inner, Outcome } from "./operations.ts";

/** Programs in languages that have no grammar here: Perl, Ruby, PHP, Lua, Go, awk. Only what cannot be missed is read. */

const SOCKET =
  /\/inet\/(?:tcp|udp)\/|\b(?:fsockopen|socket_create|pfsockopen|stream_socket_client|TCPSocket|IO::Socket|use Socket|inet_aton|require ?["'(]+socket|socket\.tcp)/;
const SHELL =
  /\/bin\/(?:ba|z|da)?sh\b|cmd\.exe|\b(?:exec|system|popen|passthru|shell_exec|proc_open)\s?\(?\s?\$\w|\|& ?getline|print \w+ \|& ?\w|os\.execute/;
/** A call that runs a literal line: `system("…")`, `exec '…'`, `os.execute("…")`. */
const RUNS =
  /\b(?:system|exec|popen|passthru|shell_exec|os\.execute|io\.popen|qx)\s?\(?\s?(?:"((?:[^"\\\n]|\\.){2,1000})"|'([^'\n]{2,1000})')|`([^`\n]{4,1000})`/g;
const FETCHED_AND_RUN =
  /\b(?:eval|assert|instance_eval|loadstring|load|include|require)\b[^;\n]{0,80}\b(?:file_get_contents|curl_exec|LWP|Net::HTTP|open-uri|URI\.open|http\.request|get\()[^;\n]{0,20}["'(]+https?:/;
const DECODED_AND_RUN =
  /\b(?:eval|assert|instance_eval|loadstring|load)\b[^;\n]{0,60}\b(?:base64_decode|gzinflate|gzuncompress|str_rot13|decode_base64|unpack|Base64\.(?:strict_)?decode64|pack)\b/;
const MAX_TEXT = 200_000;
const MAX_LINES = 40;

export function readForeign(source: string): Outcome {
  const text = source.slice(0, MAX_TEXT);
  const isOpened = SOCKET.test(text) && SHELL.test(text);
  const drafts: readonly Draft[] = [
    ...(isOpened
      ? [{ op: "evaluate" as const, target: "a socket", traits: ["reverse-shell" as const] }]
      : []),
    ...ranFrom(text, FETCHED_AND_RUN, "download"),
    ...ranFrom(text, DECODED_AND_RUN, "decode"),
    ...readForeignFlow(text).drafts,
  ];
  const inner = [...text.matchAll(RUNS)].slice(0, MAX_LINES).map(([, one, two, three]): Inner => ({
    text: (one ?? two ?? three ?? "").replaceAll(/\\(["'$`])/g, "$1"),
    via: "string",
    language: "shell",
  }));
  return { drafts, inner };
}

/** What is run there stems from an address or from encoded text; said as a line that a shell would run. */
function ranFrom(text: string, pattern: RegExp, op: "download" | "decode"): readonly Draft[] {
  if (!pattern.test(text)) return [];
  const url = /https?:\/\/[^\s"')]{3,300}/.exec(text)?.[0] ?? null;
  return [
    { op, target: op === "download" ? url : "base64" },
    { op: "evaluate", target: null },
  ];
}
