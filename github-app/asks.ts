import { z } from "zod";
import { oid } from "./shapes.ts";

const login = z.string().regex(/^[A-Za-z0-9-]{1,39}(?:\[bot\])?$/);
const common = {
  repository: z.object({ full_name: z.string().max(300) }),
  sender: z.object({ login, id: z.number().int().positive() }),
};
const run = z.object({
  ...common,
  action: z.string().max(100),
  requested_action: z.object({ identifier: z.string().max(20) }).optional(),
  check_run: z.object({ external_id: z.string().max(200).nullable(), head_sha: oid }),
});
const suite = z.object({
  ...common,
  action: z.string().max(100),
  check_suite: z.object({ head_sha: oid }),
});

/** The identifiers of our buttons (REST, check runs, `actions`): at most 20 characters. */
export const BUTTONS = ["run-evals", "ask-waiver", "judge"] as const;
export type Button = (typeof BUTTONS)[number];

export type Asked = {
  readonly repo: string;
  readonly what: Button | "again";
  readonly login: string;
  readonly loginId: number;
  readonly externalId: string | null;
  readonly headOid: string;
};

/** What somebody asks for by a button, or by GitHub's "Re-run"; undefined where a webhook asks for nothing. */
export function toAsked(event: string, body: Uint8Array): Asked | undefined {
  if (event !== "check_run" && event !== "check_suite") return undefined;
  const json = parseJson(body);
  if (event === "check_suite") {
    const read = suite.safeParse(json);
    if (!read.success || read.data.action !== "rerequested") return undefined;
    const { repository, sender, check_suite: of } = read.data;
    return { ...whoOf(repository, sender), what: "again", externalId: null, headOid: of.head_sha };
  }
  const read = run.safeParse(json);
  if (!read.success) return undefined;
  const { action, requested_action: button, repository, sender, check_run: of } = read.data;
  const what =
    action === "rerequested"
      ? "again"
      : action === "requested_action"
        ? BUTTONS.find((one) => one === button?.identifier)
        : undefined;
  // A report that is not named is not ours.
  if (what === undefined || of.external_id === null || of.external_id === "") return undefined;
  return { ...whoOf(repository, sender), what, externalId: of.external_id, headOid: of.head_sha };
}

function whoOf(
  repository: { readonly full_name: string },
  sender: { readonly login: string; readonly id: number },
) {
  return { repo: repository.full_name, login: sender.login, loginId: sender.id };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
