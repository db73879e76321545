import { checkedOid, checkedRef } from "./names.ts";
import { runGit } from "./git-command.ts";

export type PushRefs = {
  readonly dir: string;
  /** http or https address; credentials travel in `credentialHeader`, never in the address. */
  readonly url: string;
  readonly credentialHeader: string;
  /** Refs of the other side and the objects they are to name; `isForced` lets one move. */
  readonly refs: readonly {
    readonly ref: string;
    readonly oid: string;
    readonly isForced?: boolean;
  }[];
};

export type RefsPushed =
  /** Each ref was taken. `said` is what the other side printed. */
  | { readonly kind: "pushed"; readonly said: string }
  /** At least one ref was refused; the others may have been taken. */
  | { readonly kind: "refused"; readonly said: string };

const PUSH_TIMEOUT_MS = 60_000;

/** Pushes with the stock git client, as an author does. Throws when git could not reach the other side in time. */
export async function pushRefs(push: PushRefs): Promise<RefsPushed> {
  const specs = push.refs.map(
    ({ ref, oid, isForced }) =>
      `${isForced === true ? "+" : ""}${checkedOid(oid)}:${checkedRef(ref)}`,
  );
  const run = await runGit({
    gitDir: push.dir,
    args: ["push", "--", new URL(push.url).href, ...specs],
    config: [
      ["protocol.http.allow", "always"],
      ["protocol.https.allow", "always"],
      ["http.extraHeader", push.credentialHeader],
    ],
    timeoutMs: PUSH_TIMEOUT_MS,
  });
  if (run.kind === "done") return { kind: "pushed", said: run.stderr };
  if (run.kind === "failed" && /^ ! \[(?:remote )?rejected\]/m.test(run.stderr))
    return { kind: "refused", said: run.stderr };
  throw new Error(`git push ${run.kind === "failed" ? `failed: ${run.stderr.trim()}` : run.kind}`);
}
