import { transaction } from "../../src/db/index.ts";
import {
  createUser,
  findUser,
  linkGithub,
  listUsers,
  SYSTEM,
  unlinkGithub,
  type User,
} from "../../src/people/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { EXIT, text, wrongUsage, type Context, type Values } from "../command.ts";
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
    github: {
      usage: "EMAIL LOGIN [--id NUMBER] | EMAIL --none",
      does: "say who an account is on GitHub, for teams whose law names one there; --none forgets it",
      words: "any",
      options: { id: { type: "string" }, none: { type: "boolean" } },
      run: github,
    },
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

async function github(context: Context, words: readonly string[], values: Values) {
  const [email = "", login] = words;
  const forgets = values["none"] === true;
  if (words.length > 2 || (login === undefined) !== forgets)
    throw wrongUsage("user", "Say EMAIL LOGIN, or EMAIL --none.");
  return withCore(context, async (core) => {
    const found = await findUser(core.db, email);
    if (found === undefined)
      throw new Refusal("not-found", `There is no account for ${email}.`, "npx assay user list");
    const { id: userId } = found;
    const githubId = text(values, "id") ?? null;
    await transaction(core.db, (tx) =>
      login === undefined
        ? unlinkGithub(core, tx, SYSTEM, userId)
        : linkGithub(core, tx, SYSTEM, { userId, login, githubId }),
    );
    const says = login === undefined ? "nobody on GitHub" : `${login} on GitHub`;
    context.print(
      { email: found.email, login: login ?? null, githubId },
      `${found.email} is ${says}.`,
    );
    return EXIT.fine;
  });
}

function toLine({ id, email, name, isAdmin, isDisabled }: User) {
  return { id, email, name, admin: isAdmin, disabled: isDisabled };
}
