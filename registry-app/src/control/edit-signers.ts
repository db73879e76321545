import { isSeq, parseDocument } from "yaml";
import {
  type AllowedSigner,
  type AllowedSigners,
  formatPublicKey,
  isPrincipalOf,
  parseAllowedSigners,
  parsePublicKey,
  type PublicKeyRead,
  type SshPublicKey,
} from "../keys/index.ts";
import { Refusal } from "../runtime/index.ts";
import { refusePrincipal, refuseUnknownTeam, teamPath, withFile } from "./edits.ts";
import { ALLOWED_SIGNERS, parseControl } from "./parse-control.ts";
import type { ControlFiles } from "./types.ts";

export type NewSigner = {
  readonly principal: string;
  /** A line of a .pub file; left out for somebody whose key is known and who joins more teams. */
  readonly publicKey?: string;
  readonly teams: readonly string[];
  readonly validBefore?: Date;
};

const KEY_FAULTS: Record<Extract<PublicKeyRead, { kind: "bad" }>["because"], string> = {
  malformed: "This is not the line of an OpenSSH public key.",
  unsupported: "This kind of key is not accepted.",
  weak: "This RSA key is too weak: 2048 bits are the least.",
  "private-key": "This is a private key. Do not show it to anybody.",
};

/** The files with the key named as the principal's and the principal among the teams' signers; what is so already stays. */
export function addSigner(files: ControlFiles, signer: NewSigner): ControlFiles {
  const { principal, teams } = signer;
  refusePrincipal(principal);
  for (const team of teams) refuseUnknownTeam(files, team);
  const withKey =
    signer.publicKey === undefined
      ? refuseKeyless(files, principal)
      : addKey(files, principal, signer.publicKey, signer.validBefore);
  return teams.reduce(
    (result, team) => changeSigners(result, teamPath(team), (list) => addOnce(list, principal)),
    withKey,
  );
}

/** The files without the principal's keys and without the principal among any signers. */
export function removeSigner(files: ControlFiles, principal: string): ControlFiles {
  const signers = readSigners(files);
  const dropped = new Map(
    signers.entries
      .filter((entry) => namesOf(entry).includes(principal))
      .map((entry) => [entry.line, entry]),
  );
  const lines = readText(files, ALLOWED_SIGNERS).split("\n");
  const kept = lines.flatMap((line, index) => {
    const entry = dropped.get(index + 1);
    return entry === undefined ? [line] : withoutName(line, entry, principal);
  });
  const lists = [...files.keys()].filter((path) => /^(?:teams|sources)\/[^/]+\.yaml$/.test(path));
  const lined = dropped.size === 0 ? files : withFile(files, ALLOWED_SIGNERS, kept.join("\n"));
  const before = withoutFile(lined, openPgpPath(principal));
  const after = lists.reduce(
    (result, path) =>
      changeSigners(result, path, (list) => list.filter((one) => one !== principal)),
    before,
  );
  if (after !== files) return after;
  throw new Refusal(
    "not-found",
    `No line of ${ALLOWED_SIGNERS} and no team names ${principal}.`,
    "See who is named: npx assay key list",
  );
}

/** The files without the principal among one team's signers; their keys and what else they sign for stay. */
export function removeTeamSigner(
  files: ControlFiles,
  principal: string,
  team: string,
): ControlFiles {
  refuseUnknownTeam(files, team);
  const gone = principal.toLowerCase();
  return changeSigners(files, teamPath(team), (list) =>
    list.filter((one) => one.toLowerCase() !== gone),
  );
}

function addKey(
  files: ControlFiles,
  principal: string,
  publicKey: string,
  validBefore: Date | undefined,
): ControlFiles {
  const key = readKey(publicKey);
  refuseRevoked(files, key);
  const known = readSigners(files).byFingerprint.get(key.fingerprint) ?? [];
  const others = known.filter((entry) => !namesOf(entry).includes(principal));
  if (others[0] !== undefined)
    throw new Refusal(
      "conflict",
      `${key.fingerprint} is the key of ${others[0].principals} (${ALLOWED_SIGNERS}:${others[0].line}).`,
      "A key belongs to one person: make another with ssh-keygen -t ed25519.",
    );
  if (known.length > 0) return files;
  const option = validBefore === undefined ? "" : ` valid-before="${formatTime(validBefore)}"`;
  const text = readText(files, ALLOWED_SIGNERS);
  const start = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const line = `${principal}${option} ${formatPublicKey(key)}\n`;
  return withFile(files, ALLOWED_SIGNERS, start + line);
}

function readKey(publicKey: string): SshPublicKey {
  const read = parsePublicKey(publicKey);
  if (read.kind === "key") return read.key;
  throw new Refusal(
    "unprocessable",
    KEY_FAULTS[read.because],
    "Paste the one line of the .pub file: cat ~/.ssh/id_ed25519.pub",
  );
}

function refuseRevoked(files: ControlFiles, key: SshPublicKey): void {
  const parsed = parseControl(files);
  const law = parsed.kind === "ok" ? parsed.snapshot : parsed.tightening;
  const [revoked] = law.revoked.get(key.fingerprint) ?? [];
  if (revoked === undefined) return;
  throw new Refusal(
    "conflict",
    `${key.fingerprint} is revoked: ${revoked.reason}.`,
    "Make another key with ssh-keygen -t ed25519.",
  );
}

function refuseKeyless(files: ControlFiles, principal: string): ControlFiles {
  const isVouchedFor = readSigners(files).entries.some(
    (entry) =>
      namesOf(entry).includes(principal) || (entry.isAuthority && isPrincipalOf(entry, principal)),
  );
  if (isVouchedFor || files.has(openPgpPath(principal))) return files;
  throw new Refusal(
    "not-found",
    `${principal} has no key in ${ALLOWED_SIGNERS}.`,
    `Give it too: npx assay key add ${principal} --key 'CONTENT OF THE .pub FILE'`,
  );
}

/** Rewrites the list `signers:` of a file and leaves everything else in it, comments included, as it is. */
function changeSigners(
  files: ControlFiles,
  path: string,
  change: (list: readonly string[]) => readonly string[],
): ControlFiles {
  const document = parseDocument(readText(files, path));
  const found = document.get("signers");
  const list = isSeq(found) ? found.items.map(String) : [];
  const wanted = change(list);
  if (wanted.length === list.length) return files;
  if (isSeq(found)) {
    found.items = found.items.filter((item) => wanted.includes(String(item)));
    for (const name of wanted) if (!list.includes(name)) found.add(document.createNode(name));
    // `[]` as it was first written would otherwise grow into one long line.
    found.flow = found.items.length === 0;
  } else document.set("signers", document.createNode(wanted));
  return withFile(files, path, document.toString());
}

function addOnce(list: readonly string[], principal: string): readonly string[] {
  return list.includes(principal) ? list : [...list, principal];
}

function withoutName(line: string, entry: AllowedSigner, principal: string): string[] {
  const names = namesOf(entry).filter((name) => name !== principal);
  return names.length === 0 ? [] : [line.replace(entry.principals, () => names.join(","))];
}

/** The file whose OpenPGP keys speak for this principal only. */
function openPgpPath(principal: string): string {
  return `trust/openpgp/${principal}.asc`;
}

function withoutFile(files: ControlFiles, path: string): ControlFiles {
  return files.has(path) ? new Map([...files].filter(([one]) => one !== path)) : files;
}

function namesOf(entry: AllowedSigner): readonly string[] {
  return entry.principals.split(",");
}

function readSigners(files: ControlFiles): AllowedSigners {
  return parseAllowedSigners(readText(files, ALLOWED_SIGNERS));
}

function readText(files: ControlFiles, path: string): string {
  return files.get(path)?.toString("utf8") ?? "";
}

function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
}
