/** Words at the end of a variable's name that make it one of a secret. */
const SECRET_END =
  /(?:(?:^|_)(?:\w{1,80}_KEY|API_?KEYS?|APIKEY|KEY_?PEM|SECRETS?|TOKEN|(?:API|AUTH|ACCESS|BOT|REFRESH)_TOKENS|PAT|PASSPHRASE|PASS|PWD|CREDENTIALS?|CREDS|MNEMONIC|SEED_?PHRASE|COOKIES?|DATABASE_URL|DB_URL|MONGO(?:DB)?_URI|CONNECTION_STRING|DSN)|PASSWORD|PASSWD)(?:_(?:ID|VALUE|B64|BASE64|PROD|DEV|\d{1,2}))?$/;

/** Names that end so and hold none: what is public, counted, pressed on a keyboard, or looked up in a table. */
const NOT_SECRET =
  /PUBLIC|(?:^|_)PUB_|PUBLISHABLE|(?:MAX|MIN|NUM|NEXT|PAGE|CONTINUATION|EOS|BOS|PAD|STOP|DESIGN|INPUT|OUTPUT|TOTAL|MASK|UNK|SYNC|CURSOR)_TOKEN|TOKEN_(?:COUNT|LIMIT|BUDGET|URL|ENDPOINT|TYPE|FILE|PATH)|PASS_(?:RATE|COUNT)|BYPASS|COMPASS|(?:^|_)(?:PRIMARY|FOREIGN|SORT|CACHE|PARTITION|ROW|UNIQUE|OBJECT|DICT|MAP|INDEX|LOOKUP|GROUP|JSON|REG|REGISTRY|TRANSLATION|SHORTCUT|HOT|ARROW|ENTER|RETURN|ESC|TAB|SHIFT|CTRL|ALT|PROJECT|ISSUE|TICKET|SPACE|STORAGE|CONFIG|FEATURE|FLAG|IDEMPOTENCY|LOCK|METRIC|FIELD|QUERY|STATE|TURN|ROUTE|I18N|SSH_HOST|TEAM|HOST|FILE|SHARD|TAG|ANY|PRESS)_KEY$|^(?:OLD|INIT_)?PWD$|^KEY$/;

/** Whether an environment variable of this name holds a secret, as far as the name tells. */
export function isSecretName(name: string): boolean {
  const upper = name
    .slice(0, 120)
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  return SECRET_END.test(upper) && !NOT_SECRET.test(upper);
}
