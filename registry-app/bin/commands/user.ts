import { transaction } from "../../src/db/index.ts";
import { createUser, listUsers, SYSTEM, type User } from "../../src/people/index.ts";
import { EXIT, text, type Context, type Values } from "../command.ts";
import { withCore } from "../compose/with-core.ts";
import { commandOfVerbs } from "../verbs.ts";

/** Accounts of people. */
export const user = commandOfVerbs({
  name: "user",
  summary: "create and list accounts",
  verbs: {
    create: {
      usage: "EMAIL [--name NAME] [--admin]",
      does: "make an account; --admin: of somebody who runs the whole registry",
      words: 1,
      options: { name: { type: "string" }, admin: { type: "boolean" } },
      run: create,
    },
    list: { usage: "", does: "every account", words: 0, run: list },
  },
  examples: ['npx assay user create ada@acme.example --name "Ada Lovelace"'],
});

async function create(context: Context, [email = ""]: readonly string[], values: Values) {
  const wanted = { email, name: text(values, "name") ?? "", isAdmin: values["admin"] === true };
  return withCore(context, async (core) => {
    const made = await transaction(core.db, (tx) => createUser(core, tx, SYSTEM, wanted));
    context.print(toLine(made), `There is now an account for ${made.email}.`);
    context.say(`Into a team: npx assay team members TEAM --add ${made.email} --role member`);
    return EXIT.fine;
  });
}

async function list(context: Context) {
  return withCore(context, async (core) => {
    for (const one of await listUsers(core.db, SYSTEM)) {
      const marks = [one.isAdmin ? "admin" : "", one.isDisabled ? "disabled" : ""].join(" ");
      context.print(toLine(one), `${one.email}  ${one.name}  ${marks}`.trimEnd());
    }
    return EXIT.fine;
  });
}

function toLine({ id, email, name, isAdmin, isDisabled }: User) {
  return { id, email, name, admin: isAdmin, disabled: isDisabled };
}
