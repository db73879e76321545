/**
 * What a scan sees before it judges. Facts are neutral: reading a key, sending bytes and running a command are things
 * that good skills do too. Only `rules/` says which connected facts are a finding.
 */

/** How a text came about from the bytes of a file; empty for the file as it lies. Outermost step first. */
export type Layer =
  | "archive" // a member of a zip, tar, docx, wheel …
  | "metadata" // text in an image, PDF, notebook, SVG
  | "fence" // a code block of a Markdown file
  | "inline-code" // code between backticks in prose
  | "comment" // an HTML comment or text hidden by CSS
  | "invisible" // carried by characters that nobody sees
  | "normalised" // NFKC, look-alikes and invisible characters resolved
  | "heredoc" // a program inside a program
  | "string" // put together from parts, or a literal that is itself a program
  | "base64"
  | "base32"
  | "base85"
  | "hex"
  | "url"
  | "escape"
  | "rot13"
  | "char-codes"
  | "gzip"
  | "bytecode";

/** Where something stands: `line` is 1-based in `file` as it lies in the skill, also for what was decoded from it. */
export type Place = {
  /** Relative to the skill's folder; a member of an archive is `bundle.zip!/inner/run.sh`. */
  readonly file: string;
  readonly line: number;
  readonly via: readonly Layer[];
};

export type Operation =
  /** Reads something that is secret wherever it lies. `class`: see SecretClass. */
  | "read-secret"
  /** Takes the environment as a whole. */
  | "read-environment"
  | "read-file"
  /** Keys typed, screen, clipboard, microphone, shell history. `class` says which. */
  | "capture"
  /** Bytes leave the machine. `target`: URL or host, as far as it is known. */
  | "send"
  /** A name is looked up; data may travel in it. */
  | "resolve"
  | "download"
  | "listen"
  /** Starts a program; `target`: its command line. */
  | "run"
  /** Runs what is data: eval, exec, `sh -c "$x"`, pipe to an interpreter. `from` says what data. */
  | "evaluate"
  | "decode"
  | "encode"
  | "deserialise"
  | "load-library"
  /** `class`: see WriteClass; `target`: the path. */
  | "write"
  | "delete"
  /** Will run again without being asked: cron, systemd, launchd, Run key. */
  | "schedule"
  | "elevate"
  /** Turns a protection off. `class` says which. */
  | "weaken"
  /** `target`: `npm:left-pad@1.2.0` and the like; traits `unpinned`, `extra-index`, `from-url`. */
  | "install"
  /** Puts something where others get it: git push, gist, npm publish, pull request. */
  | "publish"
  | "mine"
  /** A loop without an end, a fork bomb, a disk filled. `class` says which. */
  | "exhaust"
  | "encrypt"
  /** Asks where it runs, or when: host name, CI, sandbox, date. */
  | "sense";

/** `class` of `read-secret`. */
export type SecretClass =
  | "ssh-key"
  | "cloud-credentials"
  | "git-credentials"
  | "package-credentials"
  | "dotenv"
  | "environment-secret"
  | "browser-profile"
  | "keychain"
  | "wallet"
  | "agent-secret"
  | "cloud-metadata"
  | "system-accounts"
  | "private-key";

/** `class` of `write` and `delete`. */
export type PathClass =
  | "shell-profile"
  | "ssh-authorized"
  | "git-hooks"
  | "agent-memory" // CLAUDE.md, AGENTS.md, SOUL.md, MEMORY.md
  | "agent-config" // settings.json, hooks, mcp.json, other skills
  | "system"
  | "sudoers"
  | "library-path" // ld.so.preload, site-packages, PYTHONSTARTUP, *.pth
  | "startup"
  | "temporary"
  | "home"
  | "workspace"
  | "root"
  | "unknown";

export type Trait =
  | "unpinned"
  | "from-url"
  | "extra-index"
  | "plain-http"
  | "raw-address"
  | "drop-host" // a place where anybody can leave or fetch bytes: paste sites, request bins, tunnels, chat webhooks
  | "shortener"
  | "local" // loopback or the machine itself
  | "placeholder" // example.com, YOUR-HOST, <url>
  | "mutable-ref" // a branch, latest, a gist
  | "dynamic" // the target is not known before it runs
  | "pipe-to-shell"
  | "known-installer" // rustup, uv, brew, nvm … by host, TLS and path
  | "hidden-window"
  | "ignores-errors"
  | "recursive"
  | "forced"
  | "background"
  | "reverse-shell"
  | "no-tls-check"
  | "obfuscated"
  | "executable"
  | "append"
  | "interpolated" // data of the run stands inside the target
  | "guarded"; // stands behind a test of where or when it runs

export type Fact = {
  readonly op: Operation;
  readonly at: Place;
  readonly target: string | null;
  readonly class: string | null;
  readonly traits: readonly Trait[];
  /** Facts whose value flows into this one. Objects of the same scan, so that a rule can walk back to the source. */
  readonly from: readonly Fact[];
  /** The line that says so, at most 200 characters, not yet redacted. */
  readonly excerpt: string;
};
