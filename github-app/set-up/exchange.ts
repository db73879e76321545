import { z } from "zod";
import type { Addresses } from "../addresses.ts";

/** What GitHub gives once for a manifest that somebody let it make. */
export type NewApp = {
  readonly id: number;
  readonly slug: string;
  /** Its page on GitHub, from where it is installed. */
  readonly url: string;
  readonly webhookSecret: string;
  /** PEM. */
  readonly privateKey: string;
};

export type Exchanged =
  | { readonly kind: "made"; readonly app: NewApp }
  /** `problem` is a sentence. */
  | { readonly kind: "failed"; readonly problem: string };

const answer = z.object({
  id: z.number().int().positive(),
  slug: z.string().max(200),
  html_url: z.url({ protocol: /^https?$/ }),
  webhook_secret: z.string().min(16).max(1_000),
  pem: z
    .string()
    .regex(/^-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+-----END [A-Z ]*PRIVATE KEY-----\s*$/),
});

const REQUEST_MS = 15_000;

/** Turns the code of a redirect into the App that was made (REST, "Create a GitHub App from a manifest"); codes hold for an hour, once. */
export async function exchangeCode({ api }: Addresses, code: string): Promise<Exchanged> {
  const url = `${api}/app-manifests/${encodeURIComponent(code)}/conversions`;
  try {
    const got = await fetch(url, {
      method: "POST",
      headers: { accept: "application/vnd.github+json" },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (!got.ok) return { kind: "failed", problem: `GitHub answered ${got.status} to the code.` };
    const read = answer.safeParse(await got.json());
    if (!read.success)
      return { kind: "failed", problem: "GitHub's answer holds no App with a key and a secret." };
    const { id, slug, html_url: page, webhook_secret: webhookSecret, pem } = read.data;
    return { kind: "made", app: { id, slug, url: page, webhookSecret, privateKey: pem } };
  } catch {
    return { kind: "failed", problem: `GitHub did not answer at ${api}.` };
  }
}
