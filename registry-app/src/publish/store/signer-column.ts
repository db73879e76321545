import { sql } from "kysely";
import type { VersionSigner } from "../types.ts";

/** Who signed the version `v`, as one value of a select. */
export const signerColumn = sql<VersionSigner>`json_build_object('principal', v.signer_principal,
  'key', v.signer_key, 'keys', v.signer_keys, 'certificate', v.signer_certificate)`.as("signer");
