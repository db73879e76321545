import { addressesOf, repoOf, toAsked, toHintedRepos, type Asked } from "@assay/github-app";
import type { GithubIntake } from "../../src/http/index.ts";
import { putAsk, putHealth, putPullLook } from "../../src/publish/index.ts";
import { listSources } from "../../src/sources/index.ts";
import { readGithubSettings } from "./github-settings.ts";
import { createHooks } from "./hooks.ts";
import type { Core } from "./open-core.ts";

const NOTE_EVERY_MS = 5_000;

/** Takes the App's webhooks in: for each source that lives where one speaks of, a delivery and a sync. Knows no key. */
export async function createGithubIntake(core: Core): Promise<GithubIntake> {
  const { api, secrets } = await readGithubSettings(core.config);
  const addresses = addressesOf(api);
  const hooks = createHooks(core);
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
    return (await listSources(core.db)).filter(({ url }) => {
      const repo = url === null ? undefined : repoOf(url, addresses);
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
      const hinted = toHintedRepos(event, body);
      if (hinted.kind !== "look") return hinted;
      const sources = await listAt(hinted.repos);
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
