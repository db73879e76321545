/** Words that begin a command line and hardly ever a sentence. */
const COMMANDS = new Set(
  "curl wget bash sh zsh sudo npm npx pnpm yarn bun bunx node deno pip pip3 pipx uv uvx python python3 git gh docker kubectl helm terraform brew apt apt-get dnf yum apk cargo go rustup make cmake chmod chown mkdir rm cp mv cat echo export source cd ls ssh scp rsync tar unzip gunzip openssl base64 osascript powershell pwsh iwr irm iex certutil nc ncat eval crontab systemctl launchctl xattr grep sed awk find jq printenv env printf mshta regsvr32 rundll32 bitsadmin msiexec wmic awk tail perl ruby php socat nslookup dig ping ffmpeg aws gcloud az vercel claude codex clawhub openclaw".split(
    " ",
  ),
);

/** These begin sentences too: more has to speak for a command. */
const ALSO_WORDS = new Set(
  "make find go source export echo sh node git env cat eval ping claude cp cd".split(" "),
);

const SHAPE =
  /(?:^|\s)(?:--?[A-Za-z]|[|&;<>]{1,2}(?:\s|$)|\$[({A-Za-z]|https?:|~\/|\.{0,2}\/\w|\w+=)/;
const PROSE_END = /[A-Za-z]{2}[.!?]$/;

/** Whether a line outside of code is one that a person would put into a shell as it stands. */
export function looksLikeCommand(text: string): boolean {
  const line = text.trim().replace(/^[$%>] /, "");
  if (line.length > 4000 || line === "") return false;
  const first = /^[\w.-]{1,40}/.exec(line)?.[0] ?? "";
  return COMMANDS.has(first) && SHAPE.test(line.slice(first.length)) && !PROSE_END.test(line);
}

/** Whether code between backticks is a command: a program with something after it, or a pipe. */
export function isInlineCommand(text: string): boolean {
  const line = text.trim();
  const first = /^[\w./~-]{1,80}/.exec(line)?.[0] ?? "";
  if (line.length <= first.length) return false;
  return COMMANDS.has(first) || /^(?:\.{0,2}\/|~\/)/.test(first) || SHAPE.test(line);
}

/** Whether a block without a language is a shell session or script. */
export function looksLikeShell(text: string): boolean {
  if (/^#!.{0,60}\b(?:ba|z|da|k)?sh\b/.test(text)) return true;
  let commands = 0;
  let others = 0;
  for (const raw of text.slice(0, 20_000).split("\n").slice(0, 200)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (isCommandLine(line)) commands += 1;
    else if (!/^[-|&)}\]]|\\$/.test(line)) others += 1;
  }
  return commands > 0 && commands >= others;
}

function isCommandLine(line: string): boolean {
  if (/^[$%] \S/.test(line)) return true;
  const first = /^[\w.-]{1,40}/.exec(line)?.[0] ?? "";
  if (/^(?:\.{1,2}\/|~\/)[\w./-]{1,200}(?:\s|$)/.test(line)) return true;
  if (!COMMANDS.has(first)) return false;
  return !ALSO_WORDS.has(first) || SHAPE.test(line.slice(first.length));
}
