import type { Generated } from "kysely";

export type Role = "member" | "admin";

export interface TeamsTable {
  id: string;
  slug: string;
  name: string;
  created_at: Date;
}

export interface UsersTable {
  id: string;
  email: string;
  name: string;
  password_hash: string | null;
  is_admin: Generated<boolean>;
  created_at: Date;
  disabled_at: Date | null;
}

export interface TeamMembersTable {
  team_id: string;
  user_id: string;
  role: Role;
  created_at: Date;
}

export interface TokensTable {
  id: string;
  name: string;
  hash: Buffer;
  user_id: string | null;
  team_id: string | null;
  scopes: string[];
  is_demo: Generated<boolean>;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}
