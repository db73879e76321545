import { sql, type Kysely } from "kysely";

/** What a revocation finds a signature by, beside the one key that pages show: an OpenPGP subkey, a certificate's ids. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE skill_versions ADD COLUMN signer_keys text[]`.execute(db);
  await sql`UPDATE skill_versions SET signer_keys = ARRAY[signer_key]`.execute(db);
  await sql`ALTER TABLE skill_versions ALTER COLUMN signer_keys SET NOT NULL, ADD COLUMN signer_certificate jsonb`.execute(
    db,
  );
}
