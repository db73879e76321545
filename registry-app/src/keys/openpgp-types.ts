/** A public key as the control repo holds it. Fingerprints are upper-case hex: 40 digits, or 64 of a version 6 key. */
export type OpenPgpKey = {
  readonly file: string;
  readonly fingerprint: string;
  /** Of the primary key and of every subkey; nothing proves yet that a subkey is bound to it. */
  readonly fingerprints: readonly string[];
  /** Whom the file's name says the key speaks for; undefined: for the addresses of its user ids. */
  readonly principal: string | undefined;
  /** The key with user ids, subkeys and their signatures, in binary. */
  readonly bytes: Buffer;
};

export type FileProblem = { readonly file: string; readonly message: string };

export type OpenPgpKeys = {
  readonly keys: readonly OpenPgpKey[];
  /** By key id in upper-case hex, of primary keys and subkeys. */
  readonly byKeyId: ReadonlyMap<string, readonly OpenPgpKey[]>;
  readonly problems: readonly FileProblem[];
};

export type OpenPgpSignature = { readonly armor: string; readonly payload: Buffer };

export type OpenPgpFault =
  /** Not one armour block with one signature packet over binary data. */
  | "malformed"
  | "bad-signature"
  /** The signature limits its own life, and that is over. */
  | "signature-expired"
  /** The signature says it was made before its key was, or after it was seen. */
  | "time-conflict"
  /** Any hash but SHA-2 of 256 bits and more, and SHA-3. */
  | "weak-hash"
  /** DSA, RSA below 2048 bits, a key that may not sign, or one whose own signatures rest on SHA-1. */
  | "unsupported-key"
  | "unknown-key"
  /** The key, or the subkey that signed, is not valid yet or no more. */
  | "expired"
  | "revoked"
  /** The key names no address that it may speak for. */
  | "no-principal";

export type OpenPgpVerdict =
  | {
      readonly kind: "good";
      readonly file: string;
      /** Of the primary key. */
      readonly fingerprint: string;
      /** Of the key that signed: the primary key or a subkey. */
      readonly signingFingerprint: string;
      /** Whom the key speaks for; never empty. */
      readonly principals: readonly string[];
    }
  | {
      readonly kind: "bad";
      readonly because: OpenPgpFault;
      /** Of the primary key; for an unknown key, the fingerprint or the key id that the signature names. */
      readonly fingerprint?: string;
    };
