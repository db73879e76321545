import { transaction } from "../../src/db/index.ts";
import {
  acceptGithubPlan,
  findTeam,
  listGithubTeams,
  SYSTEM,
  type GithubTeamState,
} from "../../src/people/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { EXIT, text, wrongUsage, type Context, type Values } from "../command.ts";
import { withCore } from "../compose/with-core.ts";
import type { Verb } from "../verbs.ts";

/** Teams whose people come from GitHub, and plans of many removals that wait. */
export const githubVerb: Verb = {
  usage: "[SLUG --accept DIGEST]",
  does: "teams whose law names a team on GitHub: who is in it there, and what waits for somebody to look",
  words: "any",
  options: { accept: { type: "string" } },
  run: show,
};

async function show(context: Context, words: readonly string[], values: Values) {
  const digest = text(values, "accept");
  const [slug] = words;
  if (words.length > 1 || (digest !== undefined && slug === undefined))
    throw wrongUsage("team", "Write it as: npx assay team github [SLUG --accept DIGEST]");
  return withCore(context, async (core) => {
    await core.law();
    if (slug !== undefined && digest !== undefined) {
      const found = await findTeam(core.db, slug);
      if (found === undefined)
        throw new Refusal("not-found", `There is no team ${slug}.`, "npx assay team list");
      const wish = { teamId: found.id, digest };
      await transaction(core.db, (tx) => acceptGithubPlan(core, tx, SYSTEM, wish));
      context.say("It is applied with the next look, if GitHub still says the same.");
    }
    for (const state of await listGithubTeams(core.db, SYSTEM))
      if (slug === undefined || state.team === slug) context.print(toLine(state), say(state));
    return EXIT.fine;
  });
}

function toLine({ team, org, slug, lookedAt, problem, waiting, members }: GithubTeamState) {
  return { team, org, slug, lookedAt, problem, waiting: waiting ?? null, members };
}

function say({ team, org, slug, lookedAt, problem, waiting, members }: GithubTeamState): string {
  return [
    `${team}  ${org}/${slug}, ${lookedAt === null ? "not looked at yet" : `looked at ${lookedAt.toISOString()}`}`,
    ...(problem === null ? [] : [`  ${problem}`]),
    ...members.map(({ login, role }) => `  ${login}  ${role}`),
    ...(waiting === undefined
      ? []
      : [
          `  waits: ${waiting.counts.removed} would leave, ${waiting.removed.map(({ login }) => login).join(", ")}`,
          `  let it through: npx assay team github ${team} --accept ${waiting.digest}`,
        ]),
  ].join("\n");
}
