import type { ProgramLanguage } from "./program/ir.ts";

/** How much of a text is looked at to tell what it is. */
const LOOKED_AT = 4000;

const SHEBANGS: readonly (readonly [RegExp, ProgramLanguage])[] = [
  [/^#!.{0,80}\b(?:ba|z|da|k)?sh\b/, "shell"],
  [/^#!.{0,80}\bpython/, "python"],
  [/^#!.{0,80}\b(?:node|deno|bun)\b/, "javascript"],
  [/^#!.{0,80}\bpwsh\b/, "powershell"],
];

const PYTHON = /^(?:import \w|from [\w.]{1,80} import |def \w{1,80}\(|class \w{1,80}[(:]|print\()/m;
const SCRIPT =
  /^(?:const |let |var |import .{1,200} from ['"]|(?:async )?function |module\.exports|require\()/m;
const POWER = /\b(?:Invoke-\w+|New-Object|Start-Process|Set-\w+|Get-\w+|iex|irm|iwr)\b|\$env:/i;
/** A first word that is a command more often than a word of a sentence. */
const COMMAND =
  /^[ \t]{0,20}(?:\$ |> |# )?(?:sudo |env |\w{1,40}=\S{0,200} )?(?:curl|wget|bash|sh|zsh|nc|ncat|socat|cat|echo|printf|eval|exec|export|source|chmod|chown|rm|cp|mv|mkdir|tar|zip|unzip|base64|openssl|ssh|scp|rsync|git|gh|npm|npx|pnpm|yarn|pip3?|uvx?|python3?|node|perl|ruby|php|osascript|crontab|systemctl|launchctl|docker|kubectl|apt(?:-get)?|brew|find|grep|sed|awk|dig|nslookup|xattr|defaults|nohup|kill|\/bin\/\w{1,20}|\/usr\/bin\/\w{1,20}|\.\/[\w./-]{1,80})\b/m;

/** What a text of unknown origin reads like; null for prose and data. */
export function guessLanguage(text: string): ProgramLanguage | null {
  const head = text.slice(0, LOOKED_AT);
  const known = SHEBANGS.find(([pattern]) => pattern.test(head));
  if (known !== undefined) return known[1];
  if (PYTHON.test(head)) return "python";
  if (SCRIPT.test(head)) return "javascript";
  if (POWER.test(head)) return "powershell";
  return COMMAND.test(head) ? "shell" : null;
}
