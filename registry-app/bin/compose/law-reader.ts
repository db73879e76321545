import { findKnown } from "../../src/catalog/index.ts";
import {
  createLawHistory,
  eyesOf,
  toTold,
  viewLaw,
  type Eyes,
  type PastLaw,
} from "../../src/control/index.ts";
import type { LawReader } from "../../src/http/index.ts";
import { listLawOutcomes, listWaiversInForce } from "../../src/publish/index.ts";
import type { Core } from "./open-core.ts";
import { planPending } from "./law.ts";

const MAX_VERSIONS = 200;
type Outcome = Awaited<ReturnType<typeof listLawOutcomes>>[number];

/** The law and its history, each as somebody may see it. */
export function createLawReader(core: Core): LawReader {
  const { control, law, db, readers, paths, clock } = core;
  const past = createLawHistory({ readers }, { repoDir: paths.control, homeDir: paths.home });
  return {
    async view(viewer) {
      const inForce = await law();
      const known = await findKnown(db, viewer);
      const eyes = eyesOf(inForce, known);
      const changes = await planPending(core);
      return viewLaw(inForce, await control.current(), changes, eyes, known.isEverything);
    },
    async history(viewer, { page, size }) {
      const eyes = eyesOf(await law(), await findKnown(db, viewer));
      const { items, total } = await past.page((page - 1) * size, size);
      const outcomes = await listLawOutcomes(
        db,
        items.map(({ commit }) => commit),
      );
      const told = items.map((one) =>
        tell(
          one,
          outcomes.filter(({ commit }) => commit === one.commit),
          eyes,
        ),
      );
      return { items: told, total, page, size };
    },
    async findWaivers({ team, name, version, digest, signer }) {
      const facts = { team, skill: name, version, digest };
      return listWaiversInForce(await law(), facts, signer, clock.now());
    },
  };
}

/** Messages stay out: whoever wrote one did not think of who would read it. */
function tell(
  { commit, at, signedBy, changes }: PastLaw,
  outcomes: readonly Outcome[],
  eyes: Eyes,
) {
  const seen = outcomes
    .flatMap(({ standings }) => standings)
    .filter(({ coordinate }) =>
      eyes([{ kind: "skill", coordinate: coordinate.split("@")[0] ?? "" }]),
    );
  const [first] = outcomes;
  // How many tags wait again counts those of private sources, too: it is for who sees everything.
  const isAll = eyes([{ kind: "skill", coordinate: "" }]);
  return {
    commit,
    at,
    signedBy: [...signedBy],
    changes: changes.filter(({ about }) => eyes(about)).map(toTold),
    applied:
      first === undefined
        ? null
        : {
            at: first.at,
            reopenedTags: isAll
              ? outcomes.reduce((sum, { reopened }) => sum + (reopened ?? 0), 0)
              : null,
            changedVersions: seen.length,
            versions: seen.slice(0, MAX_VERSIONS),
          },
  };
}
