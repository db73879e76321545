/** OpenSSH keys, certificates, SSHSIG and the allowed_signers grammar, in pure code; OpenPGP keys and signatures: the product needs neither ssh-keygen nor gpg. */
export { findCertified, type CertificateUse } from "./find-certified.ts";
export { findSigners, isPrincipalOf, type KeyUse } from "./find-signers.ts";
export { isAddress, parseOpenPgpKeys } from "./parse-openpgp-keys.ts";
export { parseAllowedSigners } from "./parse-allowed-signers.ts";
export { decodePrivateKey, encodePrivateKey, generateEd25519 } from "./private-key.ts";
export { formatPublicKey, parsePublicKey } from "./public-key.ts";
export { signSsh } from "./sign-ssh.ts";
export { verifyOpenPgp } from "./verify-openpgp.ts";
export { createSshVerifier } from "./verify-ssh.ts";
export type * from "./openpgp-types.ts";
export type * from "./types.ts";
