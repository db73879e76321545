import { sql, type Kysely } from "kysely";

/**
 * The first tables. They are created by the owner and used by the role `assay_app`, which owns nothing:
 * it cannot alter a table, and it cannot rewrite what must stay (audit_log, log_entries' lines).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE EXTENSION IF NOT EXISTS pg_trgm`.execute(db);
  for (const statement of [...PEOPLE, ...SOURCES, ...SKILLS, ...RECORDS, ...RIGHTS]) {
    await sql.raw(statement).execute(db);
  }
}

const PEOPLE = [
  `CREATE TABLE teams (
     id uuid PRIMARY KEY, slug text NOT NULL UNIQUE, name text NOT NULL, created_at timestamptz NOT NULL)`,
  `CREATE TABLE users (
     id uuid PRIMARY KEY, email text NOT NULL, name text NOT NULL, password_hash text,
     is_admin boolean NOT NULL DEFAULT false, created_at timestamptz NOT NULL, disabled_at timestamptz)`,
  `CREATE UNIQUE INDEX users_email ON users (lower(email))`,
  `CREATE TABLE team_members (
     team_id uuid NOT NULL REFERENCES teams, user_id uuid NOT NULL REFERENCES users,
     role text NOT NULL CHECK (role IN ('member', 'admin')), created_at timestamptz NOT NULL,
     PRIMARY KEY (team_id, user_id))`,
  // A token acts for a user or, for machines and the demo, for a team. Only the SHA-256 of its secret is kept.
  `CREATE TABLE tokens (
     id uuid PRIMARY KEY, name text NOT NULL, hash bytea NOT NULL UNIQUE,
     user_id uuid REFERENCES users, team_id uuid REFERENCES teams,
     scopes text[] NOT NULL, is_demo boolean NOT NULL DEFAULT false,
     created_at timestamptz NOT NULL, expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz,
     CHECK (num_nonnulls(user_id, team_id) = 1))`,
];

const SOURCES = [
  `CREATE TABLE sources (
     id uuid PRIMARY KEY, slug text NOT NULL UNIQUE, team_id uuid NOT NULL REFERENCES teams,
     kind text NOT NULL CHECK (kind IN ('hosted', 'followed')), url text,
     visibility text NOT NULL CHECK (visibility IN ('public', 'private')),
     branch text NOT NULL, state text NOT NULL CHECK (state IN ('active', 'removed')),
     is_demo boolean NOT NULL DEFAULT false, created_at timestamptz NOT NULL,
     first_synced_at timestamptz, last_synced_at timestamptz, last_error text,
     CHECK ((kind = 'followed') = (url IS NOT NULL)))`,
  `CREATE TABLE deliveries (
     id uuid PRIMARY KEY, source_id uuid NOT NULL REFERENCES sources, host text NOT NULL, host_delivery_id text NOT NULL,
     state text NOT NULL CHECK (state IN ('received', 'done')), received_at timestamptz NOT NULL, done_at timestamptz,
     UNIQUE (source_id, host, host_delivery_id))`,
  // One row for each (name, object) ever seen. A refused push leaves one too, though git kept nothing of it.
  `CREATE TABLE tags (
     id uuid PRIMARY KEY, source_id uuid NOT NULL REFERENCES sources, name text NOT NULL, oid text NOT NULL, bytes bytea,
     state text NOT NULL CHECK (state IN ('pending', 'published', 'held', 'refused', 'ignored')),
     drift text CHECK (drift IN ('moved', 'vanished', 'unreachable')),
     imported boolean NOT NULL DEFAULT false, in_git boolean NOT NULL,
     code text, reason text, remedy text, clauses jsonb NOT NULL DEFAULT '[]',
     first_seen_at timestamptz NOT NULL, decided_at timestamptz,
     UNIQUE (source_id, name, oid))`,
  `CREATE INDEX tags_pending ON tags (source_id) WHERE state = 'pending'`,
  // The commit index: what each commit says and which skill folders it touches, filled at sync.
  `CREATE TABLE commits (
     source_id uuid NOT NULL REFERENCES sources, oid text NOT NULL, parents text[] NOT NULL, position bigint NOT NULL,
     author_name text NOT NULL, author_email text NOT NULL, committed_at timestamptz NOT NULL, message text NOT NULL,
     folders text[] NOT NULL, PRIMARY KEY (source_id, oid))`,
  `CREATE INDEX commits_position ON commits (source_id, position)`,
];

const SKILLS = [
  `CREATE TABLE skills (
     id uuid PRIMARY KEY, source_id uuid NOT NULL REFERENCES sources, team_id uuid NOT NULL REFERENCES teams,
     name text NOT NULL, folder text NOT NULL, visibility text NOT NULL CHECK (visibility IN ('public', 'private')),
     description text NOT NULL, license text, compatibility text, latest_version_id uuid,
     downloads bigint NOT NULL DEFAULT 0, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
     search tsvector GENERATED ALWAYS AS (
       setweight(to_tsvector('simple', name), 'A') || setweight(to_tsvector('simple', replace(name, '-', ' ')), 'A')
       || setweight(to_tsvector('english', description), 'B')) STORED,
     UNIQUE (team_id, name))`,
  `CREATE INDEX skills_search ON skills USING gin (search)`,
  `CREATE INDEX skills_name_trgm ON skills USING gin (name gin_trgm_ops)`,
  `CREATE TABLE skill_versions (
     id uuid PRIMARY KEY, skill_id uuid NOT NULL REFERENCES skills, tag_id uuid NOT NULL UNIQUE REFERENCES tags,
     version text NOT NULL, is_prerelease boolean NOT NULL,
     state text NOT NULL CHECK (state IN ('candidate', 'published', 'held', 'refused', 'quarantined', 'yanked')),
     tag_name text NOT NULL, tag_oid text NOT NULL, tag_payload_sha256 text NOT NULL UNIQUE, commit_oid text NOT NULL, tree_oid text NOT NULL,
     digest text NOT NULL, tar_sha256 text NOT NULL, tar_size_bytes bigint NOT NULL,
     frontmatter jsonb NOT NULL, description text NOT NULL, skill_md text NOT NULL,
     signer_principal text NOT NULL, signer_key text NOT NULL, created_by uuid REFERENCES users,
     bump_declared text NOT NULL, bump_required text NOT NULL, changelog jsonb NOT NULL,
     archives jsonb NOT NULL DEFAULT '[]', decision jsonb,
     first_seen_at timestamptz NOT NULL, decided_at timestamptz, published_at timestamptz,
     UNIQUE (skill_id, version))`,
  `ALTER TABLE skills ADD FOREIGN KEY (latest_version_id) REFERENCES skill_versions`,
  `CREATE INDEX skill_versions_candidates ON skill_versions (first_seen_at) WHERE state = 'candidate'`,
  `CREATE TABLE skill_files (
     version_id uuid NOT NULL REFERENCES skill_versions, path text NOT NULL, mode text NOT NULL,
     size_bytes bigint NOT NULL, sha256 text NOT NULL, PRIMARY KEY (version_id, path))`,
  `CREATE TABLE checks (
     version_id uuid NOT NULL REFERENCES skill_versions, name text NOT NULL, engine_version text NOT NULL,
     outcome text CHECK (outcome IN ('pass', 'review', 'warn', 'block', 'incomplete', 'errored', 'skipped')),
     summary text NOT NULL DEFAULT '', score integer, detail jsonb NOT NULL DEFAULT '{}',
     created_at timestamptz NOT NULL, finished_at timestamptz, PRIMARY KEY (version_id, name, engine_version))`,
  `CREATE TABLE findings (
     id uuid PRIMARY KEY, version_id uuid NOT NULL REFERENCES skill_versions, check_name text NOT NULL,
     rule text NOT NULL, severity text NOT NULL, message text NOT NULL,
     file text NOT NULL, line integer NOT NULL, "column" integer NOT NULL, fix text)`,
  `CREATE INDEX findings_version ON findings (version_id)`,
];

const RECORDS = [
  // Lines wait here, written in the transaction that caused them, until they are committed to the registry log.
  `CREATE TABLE log_entries (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, line text NOT NULL,
     seq bigint UNIQUE, created_at timestamptz NOT NULL)`,
  `CREATE INDEX log_entries_waiting ON log_entries (id) WHERE seq IS NULL`,
  `CREATE TABLE audit_log (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL,
     action text NOT NULL, subject text NOT NULL, detail jsonb NOT NULL)`,
  `CREATE INDEX audit_log_subject ON audit_log (subject, id)`,
  `CREATE TABLE download_events (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version_id uuid NOT NULL REFERENCES skill_versions,
     format text NOT NULL, at timestamptz NOT NULL)`,
  `CREATE TABLE dead_letters (
     id uuid PRIMARY KEY, job text NOT NULL, payload jsonb NOT NULL, error text NOT NULL,
     failed_at timestamptz NOT NULL, resolved_at timestamptz)`,
];

const RIGHTS = [
  `DO $$ BEGIN
     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assay_app') THEN CREATE ROLE assay_app NOLOGIN; END IF;
   EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  `GRANT USAGE ON SCHEMA public TO assay_app`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO assay_app`,
  `GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO assay_app`,
  `REVOKE UPDATE, DELETE ON audit_log FROM assay_app`,
  `REVOKE UPDATE, DELETE ON log_entries FROM assay_app`,
  `GRANT UPDATE (seq) ON log_entries TO assay_app`,
  `REVOKE DELETE ON tags, skills, skill_versions, skill_files FROM assay_app`,
  `REVOKE ALL ON kysely_migration, kysely_migration_lock FROM assay_app`,
];
