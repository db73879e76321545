import type { Core } from "../bin/compose/open-core.ts";
import { transaction } from "../src/db/index.ts";
import { createToken, createUser, SYSTEM, type Scope } from "../src/people/index.ts";

/** A token of an admin of the registry, who is made for it. */
export async function makeAdminToken(
  core: Pick<Core, "db" | "clock" | "ids">,
  scope: Scope,
): Promise<string> {
  const made = await transaction(core.db, async (tx) => {
    const wanted = { email: "root@example.test", name: "Root", isAdmin: true };
    const { id: userId } = await createUser(core, tx, SYSTEM, wanted);
    const asked = { name: "t", owner: { userId }, scopes: [scope], expiresAt: null };
    return createToken(core, tx, SYSTEM, asked);
  });
  return made.text;
}
