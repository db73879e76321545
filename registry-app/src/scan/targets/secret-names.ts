/** Words at the end of a variable's name that make it one of a secret. */
const SECRET_END =
  /(?:^|_)(?:API_?KEY|SECRET_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|MASTER_?KEY|AUTH_?KEY|SECRET|TOKEN|PAT|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|CREDENTIALS?|APIKEY|MNEMONIC|SEED_?PHRASE|SESSION_?KEY|COOKIE|DATABASE_URL|DB_URL|CONNECTION_STRING|DSN|WEBHOOK_SECRET)(?:_(?:ID|VALUE|B64|BASE64|PROD|DEV|\d{1,2}))?$/;
const NOT_SECRET =
  /PUBLIC|MAX_TOKEN|NUM_TOKEN|TOKEN_(?:COUNT|LIMIT|BUDGET|URL|ENDPOINT|TYPE|FILE|PATH)|(?:^|_)(?:OLD)?PWD$|PASS_(?:RATE|COUNT)|BYPASS|COMPASS|KEYBOARD/;

/** Whether an environment variable of this name holds a secret, as far as the name tells. */
export function isSecretName(name: string): boolean {
  const upper = name
    .slice(0, 120)
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  if (upper === "PWD" || upper === "OLDPWD" || NOT_SECRET.test(upper)) return false;
  return SECRET_END.test(upper);
}
