import { pullOf } from "./fixture-pulls.ts";
import type { AssayPort, SkillItem, SkillPage } from "../src/data/port.ts";
import { EMPTY_LAW, LAW, LAW_HISTORY } from "./fixture-law.ts";
import { SCAN_RULES } from "./fixture-scan.ts";
import { comparisonOf, EVALS, evalCaseOf } from "./fixture-evals.ts";
import { findingsOf, securityOf } from "./fixture-security.ts";
import { ago, catalogue, versionLines, versionPageOf } from "./fixture-skills.ts";
import { CODES, SIGHTINGS, SOURCES } from "./fixture-tags.ts";

/** A registry that exists in memory only, for the pages' tests and pictures. */
export function fixturePort(rows: number): AssayPort {
  const skills = catalogue(rows);
  const find = (team: string, name: string) =>
    skills.find((item) => item.team === team && item.name === name);
  return {
    scanRules: () => SCAN_RULES,
    overview: async () => ({
      counts: {
        skills: rows,
        versions: rows * 4,
        teams: 7,
        sources: 3,
        tags: rows * 4 + 17,
        refused: rows === 0 ? 0 : 17,
      },
      releases: skills
        .filter((item) => item.latest !== null)
        .slice(0, 8)
        .map((item) => ({
          team: item.team,
          name: item.name,
          version: item.latest ?? "",
          description: item.description,
          digest: item.digest ?? "",
          checks: item.checks,
          publishedAt: item.updatedAt,
        })),
      refusals:
        rows === 0
          ? []
          : SIGHTINGS.filter((tag) => tag.state === "refused").map((tag) => ({
              source: "acme-skills",
              tag: tag.tag,
              code: tag.code ?? "",
              reason: tag.reason ?? "",
              decidedAt: tag.firstSeenAt,
            })),
    }),
    searchSkills: async ({ q, team, page, size }) => {
      const found = skills.filter(
        (item) =>
          (team === undefined || item.team === team) &&
          `${item.name} ${item.description}`.includes(q),
      );
      const items = found.slice((page - 1) * size, page * size);
      return {
        items,
        total: found.length,
        page,
        size,
        ...(found.length === 0 && { didYouMean: "pdf-forms" }),
      };
    },
    skillPage: async (team, name) => pageOf(find(team, name)),
    versionPage: async (team, name, version) => {
      const item = find(team, name);
      const line = item && versionLines(item).find((one) => one.version === version);
      return item && line ? versionPageOf(item, line) : null;
    },
    fileView: async (team, name, version, path) => {
      const item = find(team, name);
      const line = item && versionLines(item).find((one) => one.version === version);
      const file = item && line && versionPageOf(item, line).files.find((one) => one.path === path);
      if (!file) return null;
      const base = { ...file, team, name, version };
      if (path.endsWith(".pdf")) return { ...base, kind: "binary" };
      if (path.endsWith(".json")) return { ...base, kind: "too-large", limit: 524_288 };
      return { ...base, kind: "text", text: SCRIPT };
    },
    sourceList: async ({ page, size }) => ({
      items: rows === 0 ? [] : SOURCES,
      total: rows === 0 ? 0 : SOURCES.length,
      page,
      size,
    }),
    sourcePage: async (slug, { page, size, state }) => {
      const source = sourceOf(slug);
      const tags =
        source?.slug === "acme-skills"
          ? SIGHTINGS.filter((tag) => state === undefined || tag.state === state)
          : [];
      const pulls = source?.slug === "acme-skills" ? [9, 8, 7] : [];
      return source
        ? { ...source, pulls, tags: { items: tags, total: tags.length, page, size } }
        : null;
    },
    tagPage: async (slug, tagName) => {
      const source = sourceOf(slug);
      if (tagName === "boom--v1.0.0") throw new Error("a fault of our own, for the 500 page");
      const sightings = SIGHTINGS.filter((tag) => tag.tag === tagName);
      return source && sightings.length > 0 ? { source, tag: tagName, sightings } : null;
    },
    pullPage: async (slug, number) => (sourceOf(slug) ? pullOf(slug, number) : null),
    evals: async () => EVALS,
    evalComparison: async (_team, _name, version, against) => comparisonOf(version, against),
    mayRunEvals: async () => true,
    runEvals: async (_team, _name, version) =>
      version === "1.0.0" ? "acme/x 1.0.0 has no test cases." : null,
    evalCase: async (_team, _name, _version, caseId) => evalCaseOf(caseId),
    security: async () => securityOf(rows),
    findings: async ({ page, size }) => {
      const all = findingsOf(skills);
      return { items: all.slice((page - 1) * size, page * size), total: all.length, page, size };
    },
    law: async () => (rows === 0 ? EMPTY_LAW : LAW),
    lawHistory: async ({ page, size }) => ({
      items: rows === 0 ? [] : LAW_HISTORY,
      total: rows === 0 ? 0 : LAW_HISTORY.length,
      page,
      size,
    }),
    teamPage: async (slug) => {
      const own = skills.filter((item) => item.team === slug);
      if (own.length === 0) return null;
      return {
        slug,
        displayName: slug === "acme" ? "Acme Automation" : slug,
        skills: own.slice(0, 20),
        skillTotal: own.length,
        sources: SOURCES.filter((source) => source.team === slug),
        signers: [
          {
            principal: "ada@acme.example",
            keys: ["SHA256:9f3Hq0c1WbYkzL4mXv7tR2sPdEoUiJnG5aQxTfBhKyM"],
            validBefore: null,
          },
          {
            principal: "demo@acme.example",
            keys: ["SHA256:Zr8Qm41xYc0VtB2nLkWsDfGhJ3qPeRuIoAzXmCvN5Tb"],
            validBefore: ago(-60 * 24 * 14),
          },
        ],
      };
    },
    codes: () => CODES,
  };
}

function sourceOf(slug: string) {
  return SOURCES.find((source) => source.slug === slug);
}

function pageOf(item: SkillItem | undefined): SkillPage | null {
  if (item === undefined) return null;
  return {
    ...item,
    visibility: "public",
    owner: item.team,
    source: `${item.team}-skills`,
    license: "Apache-2.0",
    compatibility: null,
    versions: versionLines(item),
  };
}

const SCRIPT = `"""Fill a PDF form from JSON."""
import json
import sys
from pathlib import Path

from pypdf import PdfReader, PdfWriter


def fill(form: Path, data: dict[str, object], out: Path, *, flatten: bool = False, strict: bool = False) -> list[str]:
\t"""Returns the names of fields that were cut, in the order of the form."""
\treader = PdfReader(form)
\tif reader.is_encrypted:\u202E } \u2066begin admins only
\t\traise SystemExit("The form is encrypted: remove its password first.")
\twriter = PdfWriter(clone_from=reader)
\tcut = [name for name, field in reader.get_fields().items() if too_long(field, data.get(name))]
\tif cut and strict:
\t\traise SystemExit(f"Too long for their field: {', '.join(cut)} </code><script>alert(3)</script>")
\twriter.write(out)
\treturn cut


if __name__ == "__main__":
\tfill(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3]))
`;
