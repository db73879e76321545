import type { Thing } from "./directives.ts";

/** Nouns, in every form that is written; phrases of two words with a hyphen. */
const ROWS: readonly (readonly [Thing, string])[] = [
  [
    "instructions",
    "instruction instructions guideline guidelines rule rules policy policies directive directives constraint constraints restriction restrictions guardrail guardrails safeguards system-prompt training alignment programming limitations",
  ],
  [
    "secret",
    "secret secrets token tokens password passwords passwd passphrase passphrases credential credentials creds api-key api-keys apikey apikeys private-key private-keys ssh-key ssh-keys access-key access-keys secret-key seed-phrase twelve-words 12-words 24-words recovery-words saved-logins recovery-phrase mnemonic mnemonics cookies session-cookie session-cookies environment-variable environment-variables env-vars env-var keychain wallet-keys service-account otp passcode passcodes login logins signing-key signing-keys auth-headers authentication-headers authorization-header bearer-token connection-string connection-strings keys",
  ],
  [
    "personal-data",
    "pii personal-data personal-information personal-details customer-list customer-lists customer-data customer-records customers client-list clients contacts contact-list address-book phone-number phone-numbers ssn social-security credit-card card-number card-numbers medical-records health-records patient patients biometric biometrics payroll salary salaries employee-records employees email-addresses mailing-list date-of birthdays passport profile profiles user-data user-information user-details personally-identifiable health-conditions",
  ],
  [
    "conversation",
    "conversation conversations chat chats chat-history transcript transcripts prompts user-prompt user-prompts dialogue session-data session-history context-window user-messages user-message user-input user-inputs user-queries queries messages history context session",
  ],
  [
    "workspace",
    "file files document documents code source-code codebase repository repositories repo workspace project data database databases content contents spreadsheet spreadsheets presentation presentations deck slides notes images image directory directories folder folders dataset datasets commits branches table tables records record backups backup payload body request requests text invoices invoice contract contracts draft drafts manuscript pdf pdfs archive attachments diff diffs schema",
  ],
  [
    "agent-memory",
    "memory memories memory-file long-term-memory agent-memory claude.md agents.md soul.md memory.md gemini.md heartbeat.md identity.md user.md tools.md .cursorrules copilot-instructions system-instructions",
  ],
  [
    "agent-config",
    "settings.json settings.local.json mcp.json .mcp.json hooks.json agent-settings agent-config agent-configuration permission-settings allowed-tools .claude .codex .openclaw .cursor openclaw.json clawdbot.json claude_desktop_config.json",
  ],
  [
    "other-skills",
    "other-skills another-skill every-skill other-tools other-plugins all-skills other-tool skill-files installed-skills",
  ],
  [
    "user",
    "user users human humans operator operators person people developer developers owner admin administrator them him her anyone anybody reader customer client victim recipient",
  ],
  [
    "confirmation",
    "confirmation confirmations approval approvals permission consent sign-off authorization authorisation acknowledgement go-ahead human-review user-input manual-review oversight human-in",
  ],
  [
    "protection",
    "sandbox sandboxing antivirus gatekeeper firewall safety safeguard safeguards filter filters filtering validation verification tls ssl certificate certificates rate-limits tests test-suite linting linter moderation defender quarantine security-checks security-check safety-checks safety-check security-controls security-features guardrail guardrails mfa 2fa authentication restrictions protection protections csp cors scanner scanners checks encryption access-control access-controls security-warnings warnings warning restriction branch-protection code-review pre-commit read-only",
  ],
  [
    "log",
    "log logs logging audit audit-trail audit-log audit-logs trail monitoring tracing telemetry trace traces history-file auditing bash-history shell-history",
  ],
  [
    "remote",
    "endpoint endpoints server servers webhook webhooks cloud bucket third-party third-parties partner partners vendor collector url domain host backend dashboard inbox gist pastebin discord telegram dropbox remote-server ftp s3 collector-endpoint mirror",
  ],
  ["archive", "zip zipfile rar 7z archive archives zip-file"],
  [
    "account",
    "account accounts permissions roles role admin-access administrator-access privileges iam user-accounts access-rights ownership membership root-access admin-rights",
  ],
  [
    "money",
    "money payment payments funds purchase purchases crypto bitcoin btc eth balance refund refunds order orders subscription transaction transactions wallet wallets transfer transfers card bank invoice-payment trades",
  ],
  [
    "output",
    "answer answers response responses reply replies output outputs result results report reports summary summaries review reviews rating ratings score scores recommendation recommendations analysis findings message email emails",
  ],
  [
    "judge",
    "reviewer reviewers scanner auditor auditors evaluator evaluators grader graders judge security-review security-scan security-scanner static-analysis moderator classifier llm-judge",
  ],
  ["anything", "everything anything all"],
];

const NOUNS: ReadonlyMap<string, readonly Thing[]> = buildNouns();

function buildNouns(): ReadonlyMap<string, readonly Thing[]> {
  const nouns = new Map<string, Thing[]>();
  const add = (noun: string, thing: Thing) => nouns.set(noun, [...(nouns.get(noun) ?? []), thing]);
  for (const [thing, list] of ROWS) {
    for (const noun of list.split(" ")) {
      add(noun, thing);
      if (noun.includes("-")) add(noun.replace("-", " "), thing);
    }
  }
  return nouns;
}

const AGENT_MEMORY =
  /(?:^|\/)(?:claude|agents?|soul|memory|gemini|heartbeat|identity)\.md$|\.cursorrules$|\.windsurfrules$|copilot-instructions\.md$/i;
const AGENT_CONFIG =
  /(?:^|\/)\.(?:claude|codex|cursor|openclaw|clawdbot|gemini|windsurf)(?:\/|$)|(?:^|\/)\.?(?:mcp|settings(?:\.local)?|openclaw|clawdbot|claude_desktop_config|hooks)\.json$/i;
const OTHER_SKILLS = /(?:^|\/)skills\/|(?:^|\/)skill\.md$/i;
const SECRET_PATH =
  /(?:^|[/~])\.(?:env|ssh|aws|netrc|npmrc|pypirc|git-credentials|kube|gnupg|docker|azure|pgpass)(?:[./*]|$)|(?:^|\/)(?:id_(?:rsa|ed25519|ecdsa|dsa)|credentials(?:\.\w{1,10})?|secrets?(?:\.\w{1,10})?|wallet\.dat|keystore|shadow|application_default_credentials\.json|auth-profiles\.json|login data|cookies)$|\.(?:pem|p12|pfx|key|keystore|kdbx)$|\bgcloud\b/i;
const SECRET_NAME = /\b[A-Z][A-Z0-9]{1,30}_(?:API_)?(?:KEY|TOKEN|SECRET|PASSWORD)\b/;

/** The things that a word, or it and the next one, names. */
export function thingsOf(word: string, next: string): readonly Thing[] {
  return NOUNS.get(`${word} ${next}`) ?? NOUNS.get(word) ?? [];
}

/** The things that a path, a name in code or an address stands for. */
export function thingsOfTarget(target: string): readonly Thing[] {
  const things: Thing[] = [];
  if (/^(?:https?|ftp|wss?):\/\//i.test(target)) return ["remote"];
  if (/^[^\s@/]{1,64}@[^\s@/]{1,80}\.\w{2,20}$/.test(target)) return ["remote"];
  if (AGENT_MEMORY.test(target)) things.push("agent-memory");
  if (AGENT_CONFIG.test(target)) things.push("agent-config");
  if (OTHER_SKILLS.test(target)) things.push("other-skills");
  if (SECRET_PATH.test(target) || SECRET_NAME.test(target)) things.push("secret");
  if (/\.(?:zip|rar|7z|tar|tgz|gz)$/i.test(target)) things.push("archive");
  if (/(?:^|\/)[\w.-]{1,80}\.(?:sh|py|js|ts|ps1|bat|exe|rb|pl)$/i.test(target))
    things.push("script");
  if (things.length === 0 && /[/.]\w/.test(target) && !target.includes(" "))
    things.push("workspace");
  return things;
}
