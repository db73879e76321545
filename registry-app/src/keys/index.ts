/** OpenSSH keys, SSHSIG signatures and the allowed_signers grammar, in pure code: the product needs no ssh-keygen. */
export { findSigners, isPrincipalOf, type KeyUse } from "./find-signers.ts";
export { parseAllowedSigners } from "./parse-allowed-signers.ts";
export { decodePrivateKey, encodePrivateKey, generateEd25519 } from "./private-key.ts";
export { formatPublicKey, parsePublicKey } from "./public-key.ts";
export { signSsh } from "./sign-ssh.ts";
export { createSshVerifier } from "./verify-ssh.ts";
export type * from "./types.ts";
