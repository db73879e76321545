import {
  addressesOf,
  repoOf,
  toAsked,
  toHintedOrg,
  toHintedRepos,
  type Asked,
} from "@assay/github-app";
import type { GithubIntake } from "../../src/http/index.ts";
import { askForGithubLooks } from "../../src/people/index.ts";
import { hurryOwners, putAsk, putHealth, putPullLook } from "../../src/publish/index.ts";
import { listSourcesNaming, noteHints } from "../../src/sources/index.ts";
import { readGithubSettings } from "./github-settings.ts";
import type { Core } from "./open-core.ts";

const NOTE_EVERY_MS = 5_000;

/** Takes the App's webhooks in: for each source that lives where one speaks of, a delivery and a look. Knows no key. */
export async function createGithubIntake(core: Core): Promise<GithubIntake> {
  const { api, secrets } = await readGithubSettings(core.config);
  const addresses = addressesOf(api);
  let notedAtMs = 0;
  /** A burst of webhooks is noted once: health is no count. */
  const note = (event: string) => {
    const at = core.clock.now();
    if (at.getTime() - notedAtMs < NOTE_EVERY_MS) return;
    notedAtMs = at.getTime();
    putHealth(core.db, "webhook", { event }, at).catch((cause: unknown) =>
      core.log.warn({ cause }, "a webhook of GitHub was not noted"),
    );
  };
  const listAt = async (repos: readonly string[]) => {
    const names = new Set(repos.map((name) => name.toLowerCase()));
    return (await listSourcesNaming(core.db, [...names])).filter(({ url }) => {
      const repo = repoOf(url, addresses);
      return repo !== undefined && names.has(`${repo.owner}/${repo.name}`.toLowerCase());
    });
  };
  /** What a webhook says that somebody wants gives them no right to it: the process with the key asks GitHub. */
  const takeAsk = async ({ repo, ...asked }: Asked, guid: string) => {
    const sources = await listAt([repo]);
    for (const { id: sourceId } of sources)
      await putAsk(core.db, {
        id: core.ids.next(),
        sourceId,
        guid,
        ...asked,
        at: core.clock.now(),
      });
    return { kind: sources.length > 0 ? "stored" : "nothing" } as const;
  };
  return {
    secrets,
    async receive({ guid, event, body }) {
      note(event);
      const asked = toAsked(event, body);
      if (asked !== undefined) return takeAsk(asked, guid);
      const org = toHintedOrg(event, body);
      if (org !== undefined) await askForGithubLooks(core, core.db, [org]);
      const hinted = toHintedRepos(event, body);
      if (hinted.kind !== "look") return hinted;
      const sources = await listAt(hinted.repos);
      if (sources.length === 0) return { kind: "nothing" };
      if (event === "pull_request")
        for (const { id } of sources) await putPullLook(core.db, id, core.clock.now());
      if (event === "pull_request_review") {
        const sourceIds = sources.map(({ id }) => id);
        await hurryOwners(core.db, { sourceIds }, core.clock.now());
        // Nothing of it is in git.
        return { kind: "stored" };
      }
      const deliveries = sources.map(({ id: sourceId }) => ({
        id: core.ids.next(),
        sourceId,
        host: "github-app",
        hostDeliveryId: guid,
      }));
      const fresh = await noteHints(core.db, deliveries, core.clock.now());
      return { kind: fresh > 0 ? "stored" : "known" };
    },
  };
}
