import { findUrls } from "../targets/classify-url.ts";
import type { Called, Outcome, Reader } from "./operations.ts";
import { outline, textValue, UNKNOWN } from "./value.ts";
import { draftRequest } from "./web-drafts.ts";

/** Programs of Windows that fetch, or that run what they fetch. */

const lineOf = (call: Called) => [call.callee, ...call.args.map(outline)].join(" ");

function download(line: string): Outcome["drafts"] {
  const url = findUrls(line)[0]?.url;
  if (url === undefined) return [];
  return draftRequest({ url: textValue(url), body: [], headers: [], isSending: false });
}

/** `mshta https://…`, `regsvr32 /i:https://… scrobj.dll`, `rundll32 javascript:…`: fetched and run in one. */
const runRemote: Reader = (call) => {
  const line = lineOf(call);
  const fetched = download(line);
  const isScript = /\b(?:javascript|vbscript):/i.test(line);
  if (fetched.length === 0 && !isScript) return { drafts: [{ op: "run", target: line }] };
  return {
    drafts: [...fetched, { op: "evaluate", target: line, traits: isScript ? ["obfuscated"] : [] }],
  };
};

/** `certutil -urlcache -f URL FILE`, `bitsadmin /transfer NAME … URL FILE`. */
const fetchFile: Reader = (call) => {
  const line = lineOf(call);
  const fetched = download(line);
  if (fetched.length === 0) return { drafts: [{ op: "run", target: line }] };
  const path = outline(call.args.at(-1) ?? UNKNOWN);
  return {
    drafts: [...fetched, { op: "write", target: path, class: "temporary" }],
    wrote: { path, value: UNKNOWN },
  };
};

/** `start program`: what was fetched to that path is what runs. */
const start: Reader = (call) => {
  const paths = call.args.filter((one) => !/^\/|^""$/.test(outline(one)));
  const facts = paths.flatMap((one) => call.contentOf(outline(one)).facts);
  return {
    drafts: [{ op: facts.length > 0 ? "evaluate" : "run", target: lineOf(call), from: facts }],
  };
};

export const SHELL_WINDOWS: Readonly<Record<string, Reader>> = {
  start,
  mshta: runRemote,
  regsvr32: runRemote,
  rundll32: runRemote,
  msiexec: runRemote,
  wmic: runRemote,
  certutil: fetchFile,
  bitsadmin: fetchFile,
  "mshta.exe": runRemote,
  "regsvr32.exe": runRemote,
  "rundll32.exe": runRemote,
  "certutil.exe": fetchFile,
};
