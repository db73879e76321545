export type SshKeyType =
  | "ssh-ed25519"
  | "ecdsa-sha2-nistp256"
  | "ecdsa-sha2-nistp384"
  | "ecdsa-sha2-nistp521"
  | "ssh-rsa"
  | "sk-ssh-ed25519@openssh.com"
  | "sk-ecdsa-sha2-nistp256@openssh.com";

/** A public key as OpenSSH writes it: `blob` is the wire form, `fingerprint` is `SHA256:` and its hash in base64. */
export type SshPublicKey = {
  readonly type: SshKeyType;
  readonly blob: Buffer;
  readonly fingerprint: string;
};

export type PublicKeyRead =
  | { readonly kind: "key"; readonly key: SshPublicKey; readonly comment: string }
  | {
      readonly kind: "bad";
      /** `weak`: RSA below 2048 bits. `unsupported`: DSA, certificates, kinds that OpenSSH does not know. */
      readonly because: "malformed" | "unsupported" | "weak" | "private-key";
    };

/** What an authority states of a key, its signature checked; as PROTOCOL.certkeys of OpenSSH has it. */
export type SshCertificate = {
  readonly role: "user" | "host";
  /** The key that it is for. */
  readonly key: SshPublicKey;
  readonly authority: SshPublicKey;
  /** A number of 64 bits, in decimal. */
  readonly serial: string;
  readonly keyId: string;
  readonly principals: readonly string[];
  /** Milliseconds since 1970; from the first on, and before the second; infinite for never and for ever. */
  readonly validAfterMs: number;
  readonly validBeforeMs: number;
  readonly criticalOptions: readonly string[];
};

export type SignatureFault =
  /** Not one strict SSHSIG armour block, or fields inside that do not add up. */
  | "malformed"
  | "bad-signature"
  /** The authority that the certificate names did not sign it. */
  | "bad-certificate"
  /** The key's kind, or its size, is not accepted. */
  | "unsupported-key"
  | "wrong-namespace"
  /** SHA-1, or any hash but SHA-256 and SHA-512. */
  | "weak-hash"
  /** A security key signed without anybody touching it. */
  | "no-presence";

export type SshVerdict =
  | {
      readonly kind: "good";
      /** The key itself; with a certificate, the one inside. */
      readonly key: SshPublicKey;
      /** Present when it was signed in the certificate's name: then only the authority's lines vouch for it. */
      readonly certificate?: SshCertificate;
    }
  | {
      readonly kind: "bad";
      readonly because: SignatureFault;
      /** The key that the signature names; nothing proves yet that it took part. */
      readonly key?: SshPublicKey;
      readonly certificate?: SshCertificate;
    };

export type SignedBytes = {
  readonly armor: string;
  readonly payload: Buffer;
  readonly namespace: string;
};

/** Verifies SSHSIG signatures in-process; keys once parsed are kept, at most `maxKeys` of them. */
export type SshVerifier = { verify(signed: SignedBytes): SshVerdict };

/** An ed25519 pair: 32 bytes of seed, 32 bytes of public key. */
export type Ed25519Pair = { readonly seed: Buffer; readonly publicKey: SshPublicKey };

export type PrivateKeyRead =
  | { readonly kind: "key"; readonly pair: Ed25519Pair; readonly comment: string }
  | {
      readonly kind: "bad";
      readonly because: "malformed" | "encrypted" | "unsupported";
    };

/** One line of an allowed_signers file. Times are milliseconds since 1970; the borders are as OpenSSH has them. */
export type AllowedSigner = {
  /** The first field as written: patterns joined by commas. */
  readonly principals: string;
  readonly key: SshPublicKey;
  readonly namespaces: string | undefined;
  readonly validAfterMs: number | undefined;
  readonly validBeforeMs: number | undefined;
  readonly isAuthority: boolean;
  readonly comment: string;
  readonly line: number;
};

export type LineProblem = { readonly line: number; readonly message: string };

export type AllowedSigners = {
  readonly entries: readonly AllowedSigner[];
  readonly byFingerprint: ReadonlyMap<string, readonly AllowedSigner[]>;
  readonly problems: readonly LineProblem[];
};

export type SignerSearch =
  | {
      readonly kind: "found";
      /** What `git verify-tag` would call the signer: the first principal, as written, that verifies. */
      readonly principal: string;
      /** The lines that vouch for the key at that time in that namespace. */
      readonly entries: readonly AllowedSigner[];
    }
  | {
      readonly kind: "none";
      /** `unknown`: no line has the key. The others: lines have it, and none of them holds. */
      readonly because:
        "unknown" | "not-yet-valid" | "expired" | "other-namespace" | "authority-only";
      readonly entries: readonly AllowedSigner[];
    };

export type CertifiedSearch =
  | Extract<SignerSearch, { kind: "found" }>
  | {
      readonly kind: "none";
      readonly because:
        | "unknown-authority"
        /** A line has the authority's key, and does not call it a `cert-authority`. */
        | "not-an-authority"
        | "host"
        /** It has critical options: each limits what the key may do, and none has a meaning for a tag. */
        | "critical-option"
        /** It is valid for longer than is accepted. */
        | "too-long"
        | "not-yet-valid"
        | "expired"
        /** The authority's own lines are not valid at that time. */
        | "authority-not-yet-valid"
        | "authority-expired"
        /** It names nobody, or nobody for whom the authority's lines let it vouch. */
        | "no-principal"
        | "other-namespace";
      readonly entries: readonly AllowedSigner[];
    };
