import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createObjectReaders } from "../../src/git/index.ts";
import { createSshVerifier, parseOpenPgpKeys } from "../../src/keys/index.ts";
import { Refusal } from "../../src/runtime/refusal.ts";
import { verifyTagInRepo } from "../../src/trust/index.ts";
import { EXIT, needText, text, wrongUsage, type Command } from "../command.ts";
import { readOpenPgpFiles } from "../read-openpgp-files.ts";
import { readSmallFile } from "../read-small-file.ts";

const MAX_SIGNERS_BYTES = 16 * 1024 * 1024;

/** Whose signature a tag of any repo carries, by an allowed_signers file. */
export const verifyTagCommand: Command = {
  summary: "say whose signature a tag of any repo carries",
  usage: "--repo GITDIR --tag NAME --allowed-signers FILE [--openpgp DIR] [--at TIME]",
  environment: "unread",
  options: {
    repo: { type: "string" },
    tag: { type: "string" },
    "allowed-signers": { type: "string" },
    openpgp: { type: "string" },
    at: { type: "string" },
  },
  help: [
    "",
    "Keys are judged as of --at (an ISO 8601 time or seconds since 1970; now when left out).",
    "--openpgp names a folder of .asc files with public keys; a file named ADDRESS.asc speaks for that address,",
    "any other for the addresses of its user ids. Neither ssh-keygen nor gpg is needed.",
    "Revocations and the longest life of a certificate are a registry's law and are not judged here.",
    "Ends with 0 only when the signature is trusted.",
    "",
    "Example:",
    "  npx assay verify-tag --repo skills.git --tag hello--v1.0.0 --allowed-signers allowed_signers",
  ],
  async run({ print, say }, words, values) {
    const need = (name: string) => needText(values, name, "verify-tag");
    if (words[0] !== undefined) throw wrongUsage("verify-tag", `"${words[0]}" has no place here.`);
    const wanted = {
      repoDir: findGitDir(need("repo")),
      tagName: need("tag").replace(/^refs\/tags\//, ""),
      allowedSignersText: readSmallFile(need("allowed-signers"), MAX_SIGNERS_BYTES),
      openPgpKeys: parseOpenPgpKeys(readOpenPgpFiles(text(values, "openpgp"))),
      at: readTime(text(values, "at")),
    };
    for (const { file, message } of wanted.openPgpKeys.problems) say(`${file}: ${message}`);
    const readers = createObjectReaders();
    try {
      const deps = { readers, verifier: createSshVerifier() };
      const { line, verdict } = await verifyTagInRepo(deps, wanted);
      const because = line.because === undefined ? "" : ` (${line.because})`;
      print(line, `${line.kind}${because}: ${verdict.evidence}`);
      return line.kind === "trusted" ? EXIT.fine : EXIT.bad;
    } finally {
      await readers.close();
    }
  },
};

function findGitDir(given: string): string {
  const found = [given, join(given, ".git")].find(
    (dir) => existsSync(join(dir, "HEAD")) && existsSync(join(dir, "objects")),
  );
  // Git is run from another folder.
  if (found !== undefined) return resolve(found);
  throw new Refusal(
    "not-found",
    `${given} is not a git repo.`,
    "Name a bare repo, or the folder of a checkout.",
  );
}

function readTime(given: string | undefined): Date {
  if (given === undefined) return new Date();
  const time = /^\d{1,12}$/.test(given) ? new Date(Number(given) * 1000) : new Date(given);
  if (!Number.isNaN(time.getTime())) return time;
  throw wrongUsage(
    "verify-tag",
    `--at ${JSON.stringify(given)} is not a time such as 2026-01-31T12:00:00Z.`,
  );
}
