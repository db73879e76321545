import type { Fact } from "../facts.ts";
import { hostOf } from "./affinity.ts";
import { has } from "./flow.ts";

/** Whose account a request is made with, and whether anybody answers for the other end. */

/** Where nobody answers for what is done with it. */
export function isNobodys(sink: Fact): boolean {
  return has(sink, "drop-host", "raw-address", "plain-http", "shortener", "obfuscated");
}

/** Sent the way in which a service is told who asks: whom it was given out by is then the only question. */
export function isCredential(sink: Fact): boolean {
  return (
    sink.op === "send" &&
    (sink.class === "signed-in" ||
      /authorization|bearer|x-api-key|api[-_]?key['"]?\s{0,4}[:=]|auth=|headers?\b/i.test(
        sink.excerpt,
      ))
  );
}

/**
 * A chat where the token is the person's own: it is filled in when it runs, and stands in no text. What is taken when
 * nobody set one is nothing, as in `get("TELEGRAM_BOT_TOKEN", "")`.
 */
export function isOwnAccount(sink: Fact): boolean {
  return (
    has(sink, "drop-host", "interpolated") &&
    !has(sink, "raw-address", "plain-http", "shortener", "obfuscated") &&
    /^https:\/\/(?:api\.telegram\.org\/(?:file\/)?bot|hooks\.slack\.com\/services\/|discord(?:app)?\.com\/api\/webhooks\/)(?:[$…{/]|$)/.test(
      sink.target ?? "",
    )
  );
}

/** Whom a file of credentials was made by: its keys are that service's. */
const MADE_BY: readonly (readonly [RegExp, RegExp])[] = [
  [/terraform/i, /(?:^|\.)(?:terraform\.io|hashicorp\.com)$/],
  [/\.aws\b/i, /(?:^|\.)(?:amazonaws\.com|amazon\.com)$/],
  [/gcloud|application_default/i, /(?:^|\.)(?:googleapis\.com|google\.com)$/],
  [/\.azure\b|accessTokens/i, /(?:^|\.)(?:azure\.com|microsoft\.com|microsoftonline\.com)$/],
  [/\.config[/\\](?:gh|hub)\b/i, /(?:^|\.)github\.com$/],
  [/npmrc/i, /(?:^|\.)npmjs\.(?:org|com)$/],
  [/pypirc/i, /(?:^|\.)pypi\.org$/],
  [/huggingface/i, /(?:^|\.)(?:huggingface\.co|hf\.co)$/],
  [/kaggle/i, /(?:^|\.)kaggle\.com$/],
  [/doctl/i, /(?:^|\.)digitalocean\.com$/],
  [/\.fly\b/i, /(?:^|\.)(?:fly\.io|machines\.dev)$/],
];

export function isForItsMaker(secret: Fact, sink: Fact): boolean {
  if (!isCredential(sink) || isNobodys(sink)) return false;
  const host = hostOf(sink.target);
  const path = `${secret.target ?? ""} ${secret.excerpt}`;
  return MADE_BY.some(([file, hosts]) => file.test(path) && hosts.test(host));
}
