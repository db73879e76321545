import { findUrls } from "../targets/classify-url.ts";
import { draftFileRead } from "./file-drafts.ts";
import type { Called, Draft, Outcome, Reader } from "./operations.ts";
import { readArguments } from "./shell-arguments.ts";
import { joinFacts, outline, textValue, UNKNOWN, type Value } from "./value.ts";
import { draftRequest } from "./web-drafts.ts";

const CURL_VALUED =
  "d data data-raw data-binary data-urlencode data-ascii json F form form-string T upload-file H header u user X request o output A user-agent e referer b cookie c cookie-jar m max-time connect-timeout retry x proxy K config url w write-out cacert cert E key r range resolve connect-to".split(
    " ",
  );
/** Options whose value is a path, or `-` for what the pipe feeds. */
const UPLOADS = ["T", "upload-file"];
const BODY = [
  "d",
  "data",
  "data-raw",
  "data-binary",
  "data-urlencode",
  "data-ascii",
  "json",
  "F",
  "form",
  "form-string",
];

const curl: Reader = (call) => {
  const args = readArguments(call, CURL_VALUED);
  const url = [...args.valuesOf("url"), ...args.plain].find(looksLikeUrl) ?? args.plain[0];
  const reads = [
    ...args.valuesOf(...BODY).map((value) => bodyOf(call, value)),
    ...args.valuesOf(...UPLOADS).map((value) => fileOf(call, value, outline(value))),
  ];
  const body = reads.map((one) => one.value);
  const method = outline(args.valuesOf("X", "request")[0] ?? textValue("")).toUpperCase();
  const isSending = body.length > 0 || /POST|PUT|PATCH/.test(method);
  const drafts = draftRequest({
    url,
    body,
    headers: args.valuesOf("H", "header", "u", "user"),
    isSending,
  });
  const output = args.valuesOf("o", "output")[0];
  const remoteName = args.hasOption("O", "remote-name") ? nameInUrl(url) : null;
  const path = output?.text ?? remoteName;
  return finishRequest(
    [
      ...reads.flatMap((one) => one.drafts),
      ...drafts.map((one) => uncheck(one, args.hasOption("k", "insecure"))),
    ],
    path,
  );
};

/** `@file` sends a file's content, `@-` what the pipe feeds. */
function bodyOf(
  call: Called,
  value: Value,
): { readonly value: Value; readonly drafts: readonly Draft[] } {
  const text = outline(value);
  const at = /^(?:[\w[\]-]{1,60}=)?[@<]([\s\S]{1,300}?)(?:;.{0,80})?$/.exec(text);
  if (at === null) return { value, drafts: [] };
  return fileOf(call, value, at[1] ?? "");
}

function fileOf(call: Called, value: Value, path: string): ReturnType<typeof bodyOf> {
  if (path === "-" || path === ".") return { value: call.named["stdin"] ?? value, drafts: [] };
  const content = call.contentOf(path);
  const drafts = draftFileRead(path);
  return { value: { ...value, facts: [...value.facts, ...content.facts] }, drafts };
}

function uncheck(draft: Draft, isUnchecked: boolean): Draft {
  return isUnchecked ? { ...draft, traits: [...(draft.traits ?? []), "no-tls-check"] } : draft;
}

function looksLikeUrl(value: Value): boolean {
  return /^\W{0,2}(?:https?|ftp|hxxps?):|^…|\.[a-z]{2,10}(?:[/:]|$)/i.test(outline(value));
}

function nameInUrl(url: Value | undefined): string | null {
  return url === undefined ? null : (/\/([^/?#]{1,200})(?:[?#]|$)/.exec(outline(url))?.[1] ?? null);
}

/** What was fetched is what the call prints, or what lies in the file that it was put into. */
function finishRequest(drafts: readonly Draft[], path: string | null): Outcome {
  if (path === null || path === "-") return { drafts };
  return {
    drafts: [...drafts, { op: "write", target: path, class: "temporary", traits: [] }],
    wrote: { path, value: UNKNOWN },
  };
}

const wget: Reader = (call) => {
  const args = readArguments(
    call,
    "O output-document P directory-prefix post-data post-file header user password U user-agent t T timeout tries o body-data body-file method".split(
      " ",
    ),
  );
  const url = args.plain.find(looksLikeUrl) ?? args.plain[0];
  const body = args.valuesOf("post-data", "body-data", "post-file", "body-file");
  const files = args
    .valuesOf("post-file", "body-file")
    .flatMap((value) => draftFileRead(outline(value)));
  const drafts = draftRequest({
    url,
    body,
    headers: args.valuesOf("header", "user", "password"),
    isSending: body.length > 0,
  });
  const output = args.valuesOf("O", "output-document")[0]?.text ?? nameInUrl(url);
  return finishRequest(
    [...files, ...drafts],
    output === "-" || args.hasOption("spider") ? null : output,
  );
};

const netcat: Reader = (call) => {
  const args = readArguments(call, "e c p w s x X i q".split(" "));
  const target = args.plain.map(outline).join(":");
  const isListening = args.hasOption("l");
  const givesShell =
    args.hasOption("e", "c") ||
    /^(?:ba|z|da)?sh$/.test(outline(call.named["feeder"] ?? textValue("")));
  if (givesShell) return { drafts: [{ op: "evaluate", target, traits: ["reverse-shell"] }] };
  if (isListening) return { drafts: [{ op: "listen", target }] };
  if (args.hasOption("z")) return { drafts: [] };
  const stdin = call.named["stdin"];
  const address = findUrls(`tcp://${target}`)[0];
  return {
    drafts: [
      {
        op: stdin === undefined ? "download" : "send",
        target,
        traits: address?.traits ?? [],
        from: stdin?.facts ?? [],
      },
    ],
  };
};

const copyOut: Reader = (call) => {
  const args = readArguments(call, "i P p o e F l c S".split(" "));
  const to = args.plain.at(-1);
  const isRemote = (value: Value | undefined) =>
    value !== undefined && /^[^/\s]{0,200}:|^(?:s3|gs|r2|az|b2):\/\/|^\w+:/.test(outline(value));
  const sources = args.plain.slice(0, -1);
  const facts = [...args.plain.map((one) => one.facts), call.named["stdin"]?.facts ?? []];
  const reads = sources
    .filter((one) => !isRemote(one))
    .flatMap((one) => draftFileRead(outline(one)));
  if (isRemote(to))
    return {
      drafts: [
        ...reads,
        {
          op: "send",
          target: outline(to ?? textValue("")),
          traits: addressTraits(to),
          from: joinFacts(...sources.map((one) => call.contentOf(outline(one)).facts), ...facts),
        },
      ],
    };
  return {
    drafts: sources.some(isRemote)
      ? [
          {
            op: "download",
            target: outline(sources[0] ?? textValue("")),
            traits: addressTraits(sources[0]),
          },
        ]
      : reads,
  };
};

function addressTraits(value: Value | undefined) {
  const host = /(?:@|^)([^/:@\s]{1,200}):/.exec(outline(value ?? textValue("")))?.[1];
  return host === undefined ? [] : (findUrls(`tcp://${host}`)[0]?.traits ?? []);
}

const cloudCopy: Reader = (call) => {
  const words = call.args.map(outline);
  if (!words.some((word) => COPIES.has(word))) return { drafts: [] };
  return copyOut({
    ...call,
    args: call.args.filter(
      (one) => !COPIES.has(outline(one)) && !/^(?:s3|storage|blob|object)$/.test(outline(one)),
    ),
  });
};
const COPIES: ReadonlySet<string> = new Set(
  "cp sync mv upload copy copyto move moveto rsync put rcat send".split(" "),
);

const lookUp: Reader = (call) => {
  const names = call.args.filter((one) => !/^[@+-]/.test(outline(one)));
  const target = outline(names[0] ?? textValue(""));
  const isBuilt = names.some((one) => one.text === null);
  return { drafts: [{ op: "resolve", target, traits: isBuilt ? ["interpolated"] : [] }] };
};

/** What a packet is filled with travels in it. */
const ping: Reader = (call) => {
  const facts = call.args.flatMap((one) => one.facts);
  const target = outline(call.args.at(-1) ?? UNKNOWN);
  if (facts.length === 0) return { drafts: [] };
  const traits = findUrls(`tcp://${target}`)[0]?.traits ?? [];
  return { drafts: [{ op: "send", target, traits, from: facts }] };
};

const mail: Reader = (call) => ({
  drafts: [{ op: "send", target: `mailto:${outline(call.args.at(-1) ?? textValue(""))}` }],
});

/** What is committed, and leaves with the next push. */
const STAGED = "git staged";

function staged(call: Called, words: readonly string[]): { path: string; value: Value } {
  const isAll = words.length === 1 || words.includes(".");
  const paths = words[0] === "add" ? (isAll ? ["."] : words.slice(1)) : [];
  const facts = joinFacts(
    call.contentOf(STAGED).facts,
    ...paths.map((one) => call.contentOf(one).facts),
    ...paths.map((one) => call.contentOf(`./${one}`).facts),
    // A message is published with the rest.
    ...call.args.map((one) => one.facts),
  );
  return { path: STAGED, value: { ...UNKNOWN, facts } };
}

const git: Reader = (call) => {
  const args = readArguments(call, "c C git-dir work-tree b branch depth o origin".split(" "));
  const words = args.plain.map(outline);
  const line = call.args.map(outline).join(" ");
  const drafts: Draft[] = [];
  const url = call.args.find((one) => /:\/\/|@[\w.-]+:/.test(outline(one)));
  if (words[0] === "push") {
    const named = words.slice(1).map((one) => call.contentOf(`remote ${one}`).text);
    const at = named.find((one) => one !== null);
    drafts.push({
      op: "publish",
      target: at === undefined ? line : `${line} ${at ?? ""}`,
      from: joinFacts(call.contentOf(STAGED).facts, ...call.args.map((one) => one.facts)),
    });
  }
  if (words[0] === "add" || words[0] === "commit") return { drafts, wrote: staged(call, words) };
  if (/^(?:diff|show|log|format-patch|bundle|archive)$/.test(words[0] ?? ""))
    drafts.push({ op: "read-file", target: `git ${words[0] ?? ""}`, class: "workspace" });
  if (words[0] === "remote" && /^(?:add|set-url)$/.test(words[1] ?? ""))
    return {
      drafts,
      wrote: { path: `remote ${words[2] ?? ""}`, value: textValue(words[3] ?? "") },
    };
  if (words[0] === "clone" || words[0] === "fetch" || words[0] === "pull") {
    const traits = url === undefined ? [] : (findUrls(outline(url))[0]?.traits ?? []);
    drafts.push({
      op: "download",
      target: outline(url ?? textValue(line)),
      class: "repository",
      traits,
    });
  }
  if (/core\.hooksPath|init\.templateDir/i.test(line))
    drafts.push({ op: "write", target: line, class: "git-hooks" });
  if (/http\.sslVerify[= ](?:false|0)/i.test(line))
    drafts.push({ op: "weaken", target: line, class: "tls" });
  const path =
    words[0] === "clone" ? (words[2] ?? nameInUrl(url)?.replace(/\.git$/, "")) : undefined;
  return path === undefined ? { drafts } : { drafts, wrote: { path, value: UNKNOWN } };
};

function filesNamed(word: string): readonly Draft[] {
  return /^[~./$]|\.\w{1,10}$/.test(word) ? draftFileRead(word) : [];
}

/** socat joins two ends: a program at one and a host at the other is a shell for somebody else. */
const socat: Reader = (call) => {
  const ends = call.args.map(outline).filter((one) => !one.startsWith("-"));
  const program = ends.find((one) => /^(?:exec|system|shell):/i.test(one));
  const listens = ends.find((one) => /listen:/i.test(one));
  const remote = ends.find((one) =>
    /^(?:tcp|tcp4|tcp6|udp|openssl|ssl|socks\w{0,3}|proxy):/i.test(one),
  );
  const target = (remote ?? listens ?? "").replace(/^[^:]{1,20}:/, "");
  if (
    program !== undefined &&
    /(?:sh|cmd|powershell|pty)\b/i.test(program) &&
    (remote ?? listens) !== undefined
  )
    return { drafts: [{ op: "evaluate", target, traits: ["reverse-shell"] }] };
  if (listens !== undefined) return { drafts: [{ op: "listen", target }] };
  if (remote === undefined) return { drafts: [] };
  const reads = ends.flatMap((one) =>
    draftFileRead(/^(?:file|open):([^,]{1,300})/i.exec(one)?.[1] ?? ""),
  );
  const traits = findUrls(`tcp://${target}`)[0]?.traits ?? [];
  return { drafts: [...reads, { op: "send", target, traits }] };
};

const publish: Reader = (call) => {
  const line = call.args.map(outline).join(" ");
  const reads =
    /\b(?:gist create|release (?:create|upload)|upload|(?:issue|pr|discussion) (?:create|comment|edit))\b/.test(
      line,
    )
      ? call.args.slice(2).flatMap((one) => filesNamed(outline(one)))
      : [];
  return /\b(?:publish|gist create|release (?:create|upload)|(?:issue|pr) (?:create|comment|edit)|upload|gem push|twine)\b/.test(
    `${call.callee} ${line}`,
  )
    ? { drafts: [...reads, { op: "publish", target: `${call.callee} ${line}`.slice(0, 200) }] }
    : { drafts: [] };
};

const ssh: Reader = (call) => {
  const args = readArguments(call, "i p l o F L R D J W b c e m".split(" "));
  const [host] = args.plain;
  const isTunnel = args.hasOption("R", "D");
  const stdin = call.named["stdin"];
  const command = args.plain.slice(1).map(outline).join(" ");
  return {
    ...(command === ""
      ? {}
      : { inner: [{ text: command, via: "string" as const, language: "shell" as const }] }),
    drafts: [
      ...(isTunnel ? [{ op: "listen" as const, target: args.line, class: "tunnel" }] : []),
      ...(stdin === undefined
        ? []
        : [{ op: "send" as const, target: outline(host ?? textValue("")), from: stdin.facts }]),
    ],
  };
};

/** Commands that speak to other machines. */
export const SHELL_WEB: Readonly<Record<string, Reader>> = {
  curl,
  wget,
  aria2c: wget,
  http: curl,
  https: curl,
  nc: netcat,
  ncat: netcat,
  netcat,
  telnet: netcat,
  socat,
  scp: copyOut,
  rsync: copyOut,
  sftp: copyOut,
  rclone: cloudCopy,
  aws: cloudCopy,
  gsutil: cloudCopy,
  gcloud: cloudCopy,
  az: cloudCopy,
  dig: lookUp,
  nslookup: lookUp,
  host: lookUp,
  ping,
  ping6: ping,
  mail,
  sendmail: mail,
  mutt: mail,
  git,
  gh: publish,
  twine: publish,
  ssh,
};
