import { z } from "zod";
import type { NamedPackage } from "../../src/scan/index.ts";
import type { TreeEntry } from "../../src/skill/index.ts";
import { SKILL_DEADLINE_MS } from "./scan-skills.ts";
import { openSkillLane } from "./skill-lane.ts";

/** What comes out of a process that reads what strangers wrote, and is told to others. */
const PACKAGES = z
  .array(
    z.strictObject({
      ecosystem: z.enum(["npm", "pypi", "gem", "go", "cargo", "brew", "apt", "other"]),
      name: z.string().min(1).max(300),
      version: z.string().max(100).nullable(),
    }),
  )
  .max(20_000);

export type PackageReader = {
  /** Undefined for a skill that could not be read. */
  read(entries: readonly TreeEntry[]): Promise<readonly NamedPackage[] | undefined>;
  close(): Promise<void>;
};

/** Reads one skill after the other for the packages that it names, as `assay scan` reads them. */
export async function openPackageReader(): Promise<PackageReader> {
  const order = { wants: "packages" } as const;
  const lane = await openSkillLane({ order, deadlineMs: SKILL_DEADLINE_MS });
  return {
    async read(entries) {
      const answer = await lane.ask(entries, new Date(0));
      if (answer.kind !== "answered") return undefined;
      return PACKAGES.parse(JSON.parse(answer.body.toString("utf8")));
    },
    close: () => lane.close(),
  };
}
