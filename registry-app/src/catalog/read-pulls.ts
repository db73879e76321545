import type { z } from "zod";
import type { Db } from "../db/index.ts";
import type { Viewer } from "../people/index.ts";
import {
  pullReportSchema,
  pullSchema,
  pullSignerSchema,
  type pullLineSchema,
} from "./pull-schema.ts";
import { findPull, listPulls, type PullRow } from "./store/pulls.ts";
import { findSource } from "./store/sources.ts";

/** The open pull requests of a source, for who may see the source. */
export async function pullList(
  db: Db,
  viewer: Viewer,
  slug: string,
): Promise<{ items: z.output<typeof pullLineSchema>[] } | undefined> {
  const source = await findSource(db, viewer, slug);
  if (source === undefined) return undefined;
  return { items: (await listPulls(db, source.id)).map(toLine) };
}

/** What a pull request would come to, for who may see the source. Of its files nothing is shown that a tag's page would not show. */
export async function pullDetail(
  db: Db,
  viewer: Viewer,
  slug: string,
  number: number,
): Promise<z.output<typeof pullSchema> | undefined> {
  const source = await findSource(db, viewer, slug);
  const row = source && (await findPull(db, source.id, number));
  if (row === undefined) return undefined;
  const report = pullReportSchema.safeParse(row.report);
  const signer = pullSignerSchema.safeParse(row.signer);
  return pullSchema.parse({
    ...toLine(row),
    source: slug,
    base: row.base,
    judged: row.judged,
    judgedAt: row.judgedAt?.toISOString() ?? null,
    report: report.success ? report.data : null,
    signer: signer.success ? signer.data : null,
    evals: row.evals,
  });
}

function toLine(
  row: Omit<PullRow, "report" | "signer" | "evals">,
): z.output<typeof pullLineSchema> {
  const { number, head, isFork, isOpen, judged, seenAt } = row;
  return { number, head, isFork, isOpen, isJudged: judged === head, seenAt: seenAt.toISOString() };
}
