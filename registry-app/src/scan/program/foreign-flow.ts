import { secretAt } from "../targets/classify-path.ts";
import { describeUrl } from "../targets/classify-url.ts";
import { isSecretName } from "../targets/secret-names.ts";
import type { Draft, Outcome } from "./operations.ts";

/**
 * What programs without a grammar here (Ruby, Perl, PHP, Go, Lua, Rust, Java, C#) take and send: line by line, and by
 * the names of variables. A secret counts only where a name carries it from the line that reads it to one that sends.
 */

const MAX_TEXT = 200_000;
const MAX_LINES = 4_000;
const MAX_FOUND = 12;
const MAX_NAMES = 200;

/** A constant of text, in any of these languages. */
const LITERAL = /"((?:[^"\\\n]|\\.){1,300})"|'((?:[^'\\\n]|\\.){1,300})'|`([^`\n]{1,600})`/g;
const VARIABLE =
  /\b(?:os\.Getenv|os\.LookupEnv|getenv|env::var|env!|GetEnvironmentVariable|ENV\.fetch|os\.getenv)\(\s{0,4}["'](\w{2,80})["']|\$?_?ENV\s{0,2}[[{]\s{0,2}["']?(\w{2,80})["']?\s{0,2}[\]}]/g;
const WHOLE_ENVIRONMENT =
  /\bos\.Environ\(\)|\bENV\.(?:to_h|to_a|each|map|inspect|select|sort)\b|%ENV\b|\$_ENV\b(?!\s{0,2}\[)|\bSystem\.getenv\(\)|\benv::vars(?:_os)?\(\)|\bGetEnvironmentVariables\(\)|\bgetenv\(\s{0,4}\)/;
const SENDS =
  /\bNet::HTTP\b|\b(?:HTTParty|Faraday|RestClient|Typhoeus|HTTPX?)\.(?:post|put|patch|get)\b|\.request\(|\bhttp\.(?:Post|PostForm|NewRequest(?:WithContext)?|Get)\(|\bnet\.(?:Dial\w{0,8}|Lookup\w{1,10})\(|\.Do\(|\bLWP::|\bHTTP::(?:Tiny|Request)|->(?:post|put|request|post_form)\(|\bcurl_(?:setopt(?:_array)?|exec)\b|\bfile_get_contents\(\s{0,4}["']https?:|\bstream_context_create\b|\bfsockopen\(|\bfwrite\(|\b(?:reqwest|ureq|surf)::|\.(?:send_string|send_bytes|body|json|PostAsync|UploadString|UploadData|SendAsync|sendAsync)\(|\bhttp\.request\b|\bTCPSocket\b|\bmail\(|\bsmtp\.SendMail\(|\bNet::SMTP\b|\bResolv\b|\bgethostbyname\(|\.(?:puts|print|write|send)\b[ (]/;
/** A command line that sends what stands in it. */
const SENDING_LINE = /\b(?:curl|wget|nc|ncat|nslookup|dig|scp|rsync|mail|sendmail|aws|gsutil)\s/;
const SPEAKS =
  /\bNet::|HTTParty|Faraday|RestClient|Typhoeus|\bhttp\.|\bnet\.|\bLWP|HTTP::|curl_|https?:\/\/|fsockopen|reqwest|ureq|HttpClient|WebClient|HttpURLConnection|Socket|smtp|mail\(|Resolv/;
const ASSIGNS =
  /^\s{0,80}(?:(?:my|our|local|let(?: mut)?|var|val|final|auto|const|String|byte\[\]|File)\s{1,4})?\(?([$@%]?[A-Za-z_]\w{0,60})((?:\s{0,2},\s{0,2}[$@%]?\w{1,60}){0,3})\)?(?:\.\w{1,40}|\[[^\]\n]{0,60}\]|->\{[^}\n]{0,60}\}|\{[^}\n]{0,60}\}){0,3}\s{0,8}(?::=|\|\|=|\.=|\+=|<<|=(?![=~>]))\s{0,8}(.*)$/;
const TAKES =
  /^\s{0,80}(?:push\s{0,2}\(?\s{0,2}([$@]\w{1,60})\s{0,2},|([A-Za-z_]\w{0,60})\.(?:push|append|add|insert|write|concat|body|set_form_data)\b)/;
const EACH =
  /\bfor(?:each)?\b\s{0,4}\(?\s{0,4}(?:my |let |var )?\(?([$@]?\w{1,60})[\s,)]{1,6}(?:(\w{1,60})\s{0,4}(?::=|=)\s{0,4}range|in|:)?|\bas\s{1,4}(?:\$\w{1,60}\s{0,4}=>\s{0,4})?(\$\w{1,60})|\|\s{0,2}(\w{1,60})(?:\s{0,2},\s{0,2}(\w{1,60}))?\s{0,2}\|/g;

type Taken = { readonly draft: Draft; isSent: boolean };

export function readForeignFlow(source: string): Outcome {
  const text = source.slice(0, MAX_TEXT);
  if (!SPEAKS.test(text) && !SENDING_LINE.test(text)) return { drafts: [] };
  const held = new Map<string, readonly Taken[]>();
  const sends: Draft[] = [];
  const all: Taken[] = [];
  const isSignedIn = /authorization|bearer|x-api-key|basic_auth/i.test(text);
  let address = "";
  for (const line of text.split("\n", MAX_LINES)) {
    if (/^\s{0,80}(?:#|\/\/|--|\*)/.test(line)) continue;
    address = /https?:\/\/[^\s"'`)<>]{3,300}/.exec(line)?.[0] ?? address;
    const own =
      all.length < MAX_FOUND ? takenIn(line).map((draft) => ({ draft, isSent: false })) : [];
    all.push(...own);
    const here = [...own, ...heldIn(line, held)];
    if (here.length === 0) continue;
    keep(line, here, held);
    const isSending = SENDS.test(line) || isSendingLine(line);
    if (!isSending || sends.length >= MAX_FOUND) continue;
    for (const one of here) one.isSent = true;
    sends.push(sendTo(address, isSignedIn));
  }
  if (sends.length === 0) return { drafts: [] };
  return { drafts: [...all.filter(({ isSent }) => isSent).map(({ draft }) => draft), ...sends] };
}

function isSendingLine(line: string): boolean {
  return (
    SENDING_LINE.test(line) &&
    /`|\b(?:system|exec|popen|passthru|shell_exec|qx|Command|spawn|os\.execute)\b/.test(line)
  );
}

function sendTo(address: string, isSignedIn: boolean): Draft {
  const traits = address === "" ? (["dynamic"] as const) : (describeUrl(address)?.traits ?? []);
  const target = address === "" ? null : address;
  return { op: "send", target, traits, class: isSignedIn ? "signed-in" : null };
}

/** The secrets that a line reads: by a path, also one that is put together, or by a variable's name. */
function takenIn(line: string): readonly Draft[] {
  const texts = [...line.matchAll(LITERAL)].map(([, one, two, three]) => one ?? two ?? three ?? "");
  const words = texts.flatMap((one) => (one.includes(" ") ? one.split(/\s+/, 20) : [one]));
  const whole = texts.filter((one) => !/\s/.test(one)).map((one) => one.replace(/^\/+/, ""));
  const paths = [...words, `~/${whole.join("/")}`].map((one) => one.replace(/^\.\//, ""));
  const found = paths.flatMap((path): Draft[] => {
    const secret = /https?:/.test(path) ? null : secretAt(path);
    return secret === null ? [] : [{ op: "read-secret", target: path, class: secret }];
  });
  const named = [...line.matchAll(VARIABLE)]
    .map(([, one, two]) => one ?? two ?? "")
    .filter((name) => isSecretName(name))
    .map((name): Draft => ({ op: "read-secret", target: name, class: "environment-secret" }));
  const environment: Draft[] = WHOLE_ENVIRONMENT.test(line)
    ? [{ op: "read-environment", target: null }]
    : [];
  return [...found.slice(0, 1), ...named, ...environment];
}

function heldIn(line: string, held: ReadonlyMap<string, readonly Taken[]>): readonly Taken[] {
  if (held.size === 0) return [];
  const words = new Set(line.match(/[A-Za-z_]\w{0,60}/g) ?? []);
  return [...new Set([...held].flatMap(([name, taken]) => (words.has(name) ? taken : [])))];
}

/** The names that hold from here on what the line speaks of. */
function keep(line: string, here: readonly Taken[], held: Map<string, readonly Taken[]>): void {
  const assigned = ASSIGNS.exec(line);
  const taking = TAKES.exec(line);
  const names = [
    ...(assigned === null ? [] : [assigned[1] ?? "", ...(assigned[2] ?? "").split(",")]),
    taking?.[1] ?? taking?.[2] ?? "",
    ...[...line.matchAll(EACH)].flatMap((found) => found.slice(1)),
  ];
  for (const given of names) {
    const name = (given ?? "").replaceAll(/[^\w]/g, "");
    if (name === "" || /^(?:_|err|error|ok|e|nil|null|in|as)$/.test(name) || held.size > MAX_NAMES)
      continue;
    held.set(name, [...new Set([...(held.get(name) ?? []), ...here])]);
  }
}
