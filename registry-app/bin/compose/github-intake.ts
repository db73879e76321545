import { addressesOf, repoOf, toHintedRepos } from "@assay/github-app";
import type { GithubIntake } from "../../src/http/index.ts";
import { putPullLook } from "../../src/publish/index.ts";
import { listSources } from "../../src/sources/index.ts";
import { createHooks } from "./hooks.ts";
import type { Core } from "./open-core.ts";

/** Takes the App's webhooks in: for each source that lives where one speaks of, a delivery and a sync. Knows no key. */
export function createGithubIntake(core: Core): GithubIntake {
  const addresses = addressesOf(core.config.github.api);
  const hooks = createHooks(core);
  return {
    secrets: core.config.github.secrets,
    async receive({ guid, event, body }) {
      const hinted = toHintedRepos(event, body);
      if (hinted.kind !== "look") return hinted;
      const names = new Set(hinted.repos.map((name) => name.toLowerCase()));
      const sources = (await listSources(core.db)).filter(({ url }) => {
        const repo = url === null ? undefined : repoOf(url, addresses);
        return repo !== undefined && names.has(`${repo.owner}/${repo.name}`.toLowerCase());
      });
      const delivery = { host: "github-app", hostDeliveryId: guid };
      if (event === "pull_request")
        for (const { id } of sources) await putPullLook(core.db, id, core.clock.now());
      const answers = await Promise.all(
        sources.map(({ id }) => hooks.receive({ sourceId: id, ...delivery })),
      );
      if (answers.length === 0) return { kind: "nothing" };
      return { kind: answers.some(({ kind }) => kind === "stored") ? "stored" : "known" };
    },
  };
}
