import type { ObjectReaders } from "../git/index.ts";
import type { SshVerifier } from "../keys/index.ts";
import type { SignatureVerdict, VerifyTagLine } from "./types.ts";

export type VerifyTagInRepo = {
  readonly repoDir: string;
  readonly tagName: string;
  readonly allowedSignersText: string;
  readonly at: Date;
};

export declare function verifyTagInRepo(
  deps: { readonly readers: ObjectReaders; readonly verifier: SshVerifier },
  wanted: VerifyTagInRepo,
): Promise<{ readonly line: VerifyTagLine; readonly verdict: SignatureVerdict }>;
