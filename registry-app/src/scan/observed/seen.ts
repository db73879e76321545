/** What findings are made of: the part of an observation that scanning needs to know. */
export type Seen = {
  readonly hosts: readonly SeenHost[];
  readonly secretsRead: readonly { readonly path: string }[];
  readonly leaks: readonly { readonly place: string; readonly to: string }[];
  readonly writesOutsideWork: readonly string[];
  readonly traceState: "whole" | "cut" | "missing";
  readonly notes: readonly string[];
};

export type SeenHost = { readonly name: string | null; readonly address: string | null };
