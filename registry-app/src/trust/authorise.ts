import type { ControlSnapshot, SourceLaw } from "../control/index.ts";
import type { Authorisation } from "./types.ts";

export type AuthoriseFacts = {
  readonly principal: string;
  readonly source: SourceLaw;
  readonly snapshot: ControlSnapshot;
  readonly tagger: { readonly email: string; readonly timeSeconds: number };
  readonly firstSeenAt: Date;
  /** Already there when the source was registered: its date is not held against it. */
  readonly isImported: boolean;
};

export declare function authorise(facts: AuthoriseFacts): Authorisation;
