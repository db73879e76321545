import type { PathClass, SecretClass } from "../facts.ts";
import { isCloudMetadata } from "./classify-url.ts";

type Row<C> = readonly [pattern: RegExp, is: C];

/** Only the start of a longer text can be a path. */
const MAX_PATH = 500;

const SECRETS: readonly Row<SecretClass>[] = [
  [
    /(?:^|[/\\])\.ssh(?:[/\\]?$|[/\\](?:\*|id_\w{1,20}$|identity$|.{0,40}_(?:rsa|ed25519|ecdsa|dsa)$|.{0,40}\.pem$))/i,
    "ssh-key",
  ],
  [/(?:^|[/\\])id_(?:rsa|ed25519|ecdsa|dsa)$/i, "ssh-key"],
  [/\/etc\/ssh\/ssh_host_\w{1,20}_key$/i, "ssh-key"],
  [/(?:^|[/\\])\.aws(?:[/\\]?$|[/\\](?:\*|credentials|config|sso|cli))/i, "cloud-credentials"],
  [/gcloud[/\\](?:credentials|access_tokens|application_default|legacy)/i, "cloud-credentials"],
  [
    /(?:^|[/\\])\.config[/\\]gcloud[/\\]?$|application_default_credentials\.json/i,
    "cloud-credentials",
  ],
  [
    /(?:^|[/\\])\.azure(?:[/\\]|$)|accessTokens\.json$|(?:^|[/\\])\.oci[/\\]|(?:^|[/\\])\.config[/\\]doctl/i,
    "cloud-credentials",
  ],
  [
    /(?:^|[/\\])\.kube(?:[/\\]?$|[/\\](?:config|\*))|\/var\/run\/secrets\/kubernetes|\.terraform\.d[/\\]credentials|(?:^|[/\\])\.(?:terraformrc|vault-token|s3cfg|boto|pgpass|my\.cnf|fly[/\\]config\.yml|config[/\\]rclone[/\\]rclone\.conf|cloudflared[/\\].{1,60}\.(?:json|pem))$/i,
    "cloud-credentials",
  ],
  [
    /(?:^|[/\\])\.(?:git-credentials|netrc|config[/\\](?:gh|git|hub)(?:[/\\](?:hosts\.yml|credentials|hub))?)$|_netrc$/i,
    "git-credentials",
  ],
  [
    /(?:^|[/\\])\.(?:npmrc|pypirc|cargo[/\\]credentials(?:\.toml)?|gem[/\\]credentials|docker[/\\]config\.json|m2[/\\]settings\.xml|composer[/\\]auth\.json|yarnrc\.yml|huggingface[/\\]token|cache[/\\]huggingface[/\\]token|kaggle[/\\]kaggle\.json|nuget[/\\]nuget\.config)$/i,
    "package-credentials",
  ],
  [
    /(?:^|[/\\"'\s])\.env(?:rc|\.?\*|\.(?:local|production|prod|development|dev|staging|test|secret)(?:\.local)?)?$/i,
    "dotenv",
  ],
  [
    /(?:^|[/\\])(?:login data|logins\.json|key[34]\.db|cookies\.sqlite|web data|local state|(?:default|profile \d{1,2}|network)[/\\]cookies)$/i,
    "browser-profile",
  ],
  [
    /google[/\\-]chrome(?:[/\\]|$)|chromium[/\\]default|bravesoftware|mozilla[/\\]firefox|\.mozilla(?:[/\\]|$)|firefox[/\\]profiles|microsoft[/\\]edge[/\\]user data|opera software|vivaldi[/\\]|arc[/\\]user data|local extension settings|local storage[/\\]leveldb|\/Library\/Cookies/i,
    "browser-profile",
  ],
  [
    /login\.keychain|\/Library\/Keychains|\.local\/share\/keyrings|kwallet|\.password-store|(?:^|[/\\])(?:1password|bitwarden|keepass\w{0,4}|lastpass)(?:[/\\]|$)|\.kdbx$|\.config[/\\]op(?:[/\\]|$)|microsoft[/\\](?:credentials|protect|vault)/i,
    "keychain",
  ],
  [
    /wallet\.dat|(?:^|[/\\])\.(?:bitcoin|ethereum|electrum|monero|exodus|solana)(?:[/\\]|$)|(?:geth|ethereum)[/\\]keystore|keystore[/\\](?:utc|\*)|(?:^|[/\\])(?:metamask|phantom)(?:[/\\]|$)|nkbihfbeogaeaoehlefnkodbefgpgknn|bfnaelmomeimhlpmgjnjophhpkkoljpa|hnfanknocfeofbddgcijnmhnfnkdnaad|egjidjbpglichdcondbcbdnbeeppgdph|fhbohimaelbohpjbbldcngcnapndodjp|electrum[/\\]wallets|exodus[/\\]|config[/\\]solana[/\\]id\.json|atomic[/\\]local storage|ledger live|(?:^|[/\\])(?:mnemonics?|seed[-_ ]?phrases?|recovery[-_ ]?phrase)(?:\.\w{1,5})?$|\.wallet$/i,
    "wallet",
  ],
  [
    /(?:^|[/\\])\.(?:claude|codex|openclaw|clawdbot|moltbot|cursor|gemini|continue|windsurf|aider|config[/\\](?:claude|openclaw|codex|goose))[/\\](?:\.env|\.?credentials(?:\.json)?|auth(?:-profiles)?\.json|config\.json|.{0,60}credentials.{0,20}|oauth.{0,40}|.{0,60}token.{0,20}|openclaw\.json|clawdbot\.json|mcp\.json)$/i,
    "agent-secret",
  ],
  [/\.claude\.json$|claude_desktop_config\.json$/i, "agent-secret"],
  [/\/etc\/(?:shadow|gshadow|master\.passwd|passwd)$|\\config\\sam$|ntds\.dit/i, "system-accounts"],
  [
    /\.gnupg(?:[/\\]?$|[/\\](?:private|secring|\*))|(?:^|[/\\])(?:private|server|client)[-_.]?key\.(?:pem|key)$|service[-_]?account.{0,40}\.json$|\.p12$|\.pfx$|\.jks$/i,
    "private-key",
  ],
  [/\/proc\/(?:self|\d{1,7}|\*|\$.{0,20})\/environ/i, "environment-secret"],
];

/** Half of a key that is given away, samples, and programs and pages that only have the name of a secret. */
const HARMLESS =
  /\.pub$|known_hosts|authorized_keys|\.(?:example|sample|template|dist|schema)(?:$|[./])|allowed_signers|[/\\]ssh_config$|\.ssh[/\\]config$|\.(?:mdx?|py|[cm]?[jt]sx?|sh|go|rs|html?|css|rb|php|java|svg|png)$/i;

/** What secret lies at this path; null when none is known to. */
export function secretAt(path: string): SecretClass | null {
  const own = clean(path);
  if (own === "" || HARMLESS.test(own)) return null;
  const found = SECRETS.find(([pattern]) => pattern.test(own))?.[1];
  return found ?? (isCloudMetadata(own) ? "cloud-metadata" : null);
}

const PLACES: readonly Row<PathClass>[] = [
  [/\.ssh[/\\]authorized_keys/i, "ssh-authorized"],
  [/\/etc\/sudoers/i, "sudoers"],
  [
    /ld\.so\.preload|site-packages|dist-packages|\.pth$|sitecustomize|usercustomize|\/etc\/ld\.so|LD_PRELOAD|PYTHONSTARTUP/i,
    "library-path",
  ],
  [
    /(?:^|[/\\~])\.(?:bashrc|bash_profile|bash_login|profile|zshrc|zshenv|zprofile|zlogin|kshrc|cshrc|inputrc)$|fish[/\\]config\.fish|\/etc\/(?:profile|bash\.bashrc|environment|zsh)|Microsoft\.PowerShell_profile|\$PROFILE/i,
    "shell-profile",
  ],
  [/\.git[/\\]hooks|\.githooks|core\.hooksPath|\.husky[/\\]|git[/\\]template/i, "git-hooks"],
  [
    /(?:^|[/\\])(?:CLAUDE|AGENTS|SOUL|MEMORY|GEMINI|IDENTITY|HEARTBEAT|TOOLS|USER)\.md$|\.cursorrules$|\.windsurfrules$|copilot-instructions\.md$|\.cursor[/\\]rules|CLAUDE\.local\.md$|\.clinerules/i,
    "agent-memory",
  ],
  [
    /\.claude[/\\](?:settings|hooks|commands|agents|skills|plugins)|\.claude\.json|\.codex[/\\]|\.openclaw[/\\]|\.clawdbot[/\\]|\.cursor[/\\](?:mcp|settings)|mcp\.json$|\.mcp\.json|claude_desktop_config|\.gemini[/\\]settings|\.vscode[/\\](?:settings|tasks|mcp)\.json|windsurf[/\\]mcp_config|\.config[/\\]opencode/i,
    "agent-config",
  ],
  [
    /LaunchAgents|LaunchDaemons|\/etc\/(?:cron|systemd|init\.d|rc\.local|xdg\/autostart)|\.config[/\\](?:autostart|systemd)|\/var\/spool\/cron|Start Menu.{0,20}Startup|CurrentVersion[/\\]Run|\/lib\/systemd/i,
    "startup",
  ],
  [
    /^(?:\/tmp|\/var\/tmp|\/dev\/shm|\$\{?TMPDIR|%TE?MP%|\$env:TE?MP|[a-z]:[/\\]Windows[/\\]Temp)/i,
    "temporary",
  ],
  [
    /^\/(?:etc|usr|bin|sbin|lib|boot|opt|sys|proc|System|Library|var)(?:\/|$)|^[a-z]:[/\\](?:Windows|Program)/i,
    "system",
  ],
  [/^(?:\/|[a-z]:[/\\]?)\*?$/i, "root"],
  [
    /^(?:~|\$\{?HOME\}?|%USERPROFILE%|\$env:USERPROFILE|%(?:LOCAL)?APPDATA%|\$env:(?:LOCAL)?APPDATA|\$\{?XDG_\w{4,6}_HOME\}?|\/root|\/home\/[^/]{1,60}|\/Users\/[^/]{1,60}|[a-z]:[/\\]Users[/\\][^/\\]{1,60})(?:[/\\]|$)/i,
    "home",
  ],
  [/^(?:\.{0,2}[/\\])?[\w@.…-]/, "workspace"],
];

/** What kind of place a path is. */
export function classifyPath(path: string): PathClass {
  const own = clean(path);
  return PLACES.find(([pattern]) => pattern.test(own))?.[1] ?? "unknown";
}

function clean(path: string): string {
  return path
    .slice(0, MAX_PATH)
    .trim()
    .replaceAll(/^["']|["']$/g, "");
}
