/** A host that was asked for, spoken to, or only tried. */
export type SeenHost = {
  /** Null when an address was used without asking for a name. */
  readonly name: string | null;
  /** What the name stood for here; null when it was asked for and nothing more. */
  readonly address: string | null;
  readonly port: number | null;
  readonly protocol: "http" | "tls" | "tcp" | "udp" | "dns";
  /** What was sent to it, counted. */
  readonly bytes: number;
  /** The beginning of what was sent, as it was written: escape it before showing it. */
  readonly sample: string;
};

/** A false secret that nobody has use for: whoever reads or sends it was looking for secrets. */
export type Honeytoken = {
  /** Where it lies: a path, or the name of a variable. */
  readonly place: string;
  readonly canary: string;
};

/** What one command did, as far as it could be seen. */
export type Observation = {
  readonly hosts: readonly SeenHost[];
  readonly secretsRead: readonly { readonly path: string; readonly canary: string }[];
  readonly leaks: readonly {
    readonly canary: string;
    readonly place: string;
    readonly to: string;
  }[];
  readonly programs: readonly { readonly argv: readonly string[] }[];
  readonly writesOutsideWork: readonly string[];
  /**
   * `stopped`: all was seen until the command was ended for what it used. `cut`: it ended early, or something was left
   * out. `missing`: nothing was seen, whatever happened.
   */
  readonly traceState: "whole" | "stopped" | "cut" | "missing";
  readonly notes: readonly string[];
};

export type Observed =
  | { readonly kind: "observed"; readonly observation: Observation }
  | { readonly kind: "cancelled" }
  /** Our side's fault: worth trying again. */
  | { readonly kind: "errored"; readonly because: string };
