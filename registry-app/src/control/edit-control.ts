import type { ControlFiles, YankLaw } from "./types.ts";

export type NewTeam = {
  readonly slug: string;
  readonly name: string;
  readonly signers?: readonly string[];
};
export type NewSource = {
  readonly slug: string;
  readonly team: string;
  /** Left out: hosted by Assay. */
  readonly url?: string;
  readonly visibility?: "public" | "private";
  readonly branch?: string;
  readonly isDemo?: boolean;
};

export declare function addTeam(files: ControlFiles, team: NewTeam): ControlFiles;
export declare function addSource(files: ControlFiles, source: NewSource): ControlFiles;
/** Names `publicKey` (a line of a .pub file) as the principal's, and the principal as a signer of the teams. */
export declare function addSigner(
  files: ControlFiles,
  signer: {
    readonly principal: string;
    readonly publicKey: string;
    readonly teams: readonly string[];
    readonly validBefore?: Date;
  },
): ControlFiles;
export declare function removeSigner(files: ControlFiles, principal: string): ControlFiles;
export declare function addYank(files: ControlFiles, yank: YankLaw): ControlFiles;
