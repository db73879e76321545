import { readSkill, type SkillReading, type TreeEntry } from "../skill/index.ts";
import type { AdvisorySnapshot } from "./advisories/advisory.ts";
import { matchAdvisories } from "./advisories/match-advisories.ts";
import { commandsInJson } from "./commands-in-data.ts";
import { readLooseFrontmatter, type LooseFrontmatter } from "./dependencies/loose-frontmatter.ts";
import { commandsInFile, plainBatch } from "./program/commands-in-files.ts";
import { readDependencies } from "./dependencies/read-dependencies.ts";
import { readLicences } from "./dependencies/read-licences.ts";
import type { Fact, Layer, Place } from "./facts.ts";
import { guessLanguage } from "./guess-language.ts";
import type { Anomaly } from "./inventory/anomaly.ts";
import type { FileCoverage, ScanFile, TextView } from "./inventory/scan-file.ts";
import type { Inventory } from "./inventory/take-inventory.ts";
import type { ProgramLanguage } from "./program/ir.ts";
import type { Grammars } from "./program/parsers.ts";
import { readProgram } from "./program/read-program.ts";
import { addressedIn } from "./prose/addressed.ts";
import type { Directive, Standing } from "./prose/directives.ts";
import { readMarkdown } from "./prose/read-markdown.ts";
import type { About, Evidence, Link } from "./rules/rule.ts";
import type { Signatures } from "./signatures/scan-signatures.ts";
import { lineCounter, lineStarts } from "./views/lines.ts";
import { viewsOf } from "./views/views-of.ts";
import { dropDoubleFacts } from "./weigh-findings.ts";

/** Texts within texts: a block of a Markdown file that holds a string that is a program that decodes another. */
const MAX_DEPTH = 5;
/** Texts read for one skill, all views and everything uncovered in them. */
const MAX_TEXTS = 4_000;
/** Characters read for one skill, over all views. */
const MAX_CHARACTERS = 40_000_000;

/** Bytes of SKILL.md in which its frontmatter stands. */
const MAX_HEAD = 100_000;

const PROGRAMS: ReadonlySet<string> = new Set([
  "shell",
  "powershell",
  "python",
  "javascript",
  "typescript",
]);
const PROSE: ReadonlySet<string> = new Set(["markdown", "text", "html"]);

type Reading = {
  readonly view: TextView;
  readonly as: "prose" | ProgramLanguage;
  readonly depth: number;
  readonly standing: Standing;
};

/** What rules judge by, and what was not read. */
export type Read = { readonly evidence: Evidence; readonly gaps: readonly FileCoverage[] };

type Gathered = {
  readonly facts: Fact[];
  readonly directives: Directive[];
  readonly links: Link[];
  readonly gaps: FileCoverage[];
  readonly anomalies: Anomaly[];
  /** What part the lines of a file play, by the readings that said so. */
  readonly standings: Map<string, ((line: number) => Standing)[]>;
};

/** Reads every text of the skill and all that is uncovered in them. Stops at the caps, and says what was left. */
export function gatherEvidence(
  { grammars, signatures }: { readonly grammars: Grammars; readonly signatures: Signatures },
  entries: readonly TreeEntry[],
  inventory: Inventory,
  advisories: AdvisorySnapshot | null,
): Read {
  const gathered: Gathered = {
    facts: [],
    directives: [],
    links: [],
    gaps: [],
    anomalies: [...inventory.anomalies, ...findSignatures(signatures, inventory)],
    standings: new Map(),
  };
  const waiting: Reading[] = inventory.files.flatMap((file) => readingsOf(file, gathered));
  let texts = 0;
  let characters = 0;
  for (const reading of waiting) {
    texts += 1;
    characters += reading.view.text.length;
    if (texts > MAX_TEXTS || characters > MAX_CHARACTERS) {
      gathered.gaps.push(gap(reading.view.file.path, "The skill holds more text than is read."));
      break;
    }
    const next = readSafely(reading, gathered, () =>
      reading.as === "prose" ? readProse(reading, gathered) : readCode(grammars, reading, gathered),
    );
    if (reading.depth < MAX_DEPTH) for (const one of next) waiting.push(one);
    else if (next.length > 0)
      gathered.gaps.push(
        gap(reading.view.file.path, "Texts lie in texts more deeply than is read."),
      );
  }
  return toEvidence(entries, inventory, gathered, advisories);
}

/** A reader that fails on a text leaves a gap: what was not read holds the skill, and the rest is still judged. */
function readSafely(
  { view, as }: Reading,
  gathered: Gathered,
  read: () => readonly Reading[],
): readonly Reading[] {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    gathered.gaps.push(gap(view.file.path, `It could not be read as ${as}: ${cause.name}.`));
    return [];
  }
}

/** Where the matcher has no build for this machine, text is still read by every other stage; binaries are gaps anyway. */
function findSignatures(signatures: Signatures, { files }: Inventory): readonly Anomaly[] {
  return signatures.kind === "ready" ? files.flatMap((file) => signatures.scan(file)) : [];
}

function gap(file: string, because: string): FileCoverage {
  return { file, state: "partly", because };
}

function readingsOf(file: ScanFile, gathered: Gathered): readonly Reading[] {
  const { views, files, anomalies, gaps } = viewsOf(file);
  gathered.gaps.push(...gaps.map((because) => gap(file.path, because)));
  gathered.anomalies.push(...anomalies);
  // What was uncovered is already unpacked: it holds texts, and no further files.
  const uncovered = files.flatMap((one) => viewsOf(one).views);
  return [...views, ...uncovered].flatMap((view) => {
    const as = readAs(view);
    const readings: Reading[] = as === null ? [] : [{ view, as, depth: 0, standing: "plain" }];
    return [...readings, ...commandsOf(view, gathered), ...toldIn(view, as)];
  });
}

/** What a model reads in a file that is no prose. */
function toldIn(view: TextView, as: Reading["as"] | null): readonly Reading[] {
  const { language } = view.file;
  if (as === "prose" || view.via.length > view.file.via.length) return [];
  const isProgram = as !== null || language === "other";
  const text = addressedIn(view.text, isProgram);
  if (text === null) return [];
  const starts = lineStarts(view.text);
  const lineOf = lineCounter(text);
  const lineAt = (offset: number) => view.lineAt(starts[lineOf(offset) - 1] ?? 0);
  const told = { ...view, text, lineAt, via: [...view.via, "string" as const] };
  return [{ view: told, as: "prose", depth: 1, standing: "plain" }];
}

function readAs(view: TextView): Reading["as"] | null {
  const { file } = view;
  const isDecoded = view.via.length > file.via.length && view.via.at(-1) !== "normalised";
  if (isDecoded) return guessLanguage(view.text) ?? "prose";
  if (PROGRAMS.has(file.language)) return file.language as ProgramLanguage;
  if (file.language === "batch") return "powershell";
  if (isRecipe(file.path)) return null;
  if (PROSE.has(file.language)) return "prose";
  return file.via.length > 0 ? (guessLanguage(view.text) ?? "prose") : null;
}

/** Its commands are read one by one; as a page it would be nothing but orders. */
function isRecipe(path: string): boolean {
  return /(?:^|\/)(?:docker|container|make|just)file(?:\.\w{1,30})?$/i.test(path);
}

function commandsOf(view: TextView, gathered: Gathered): readonly Reading[] {
  const isJson = view.file.language === "json";
  const { commands, isWhole } = isJson
    ? commandsInJson(view.text)
    : { commands: commandsInFile(view.file.path, view.text), isWhole: true };
  if (!isWhole) gathered.gaps.push(gap(view.file.path, "Not all of its commands were read."));
  return commands.map(({ text, line }) => ({
    view: partOf(view, text, line, "string"),
    as: "shell",
    depth: 1,
    standing: "plain",
  }));
}

/** A text that stands in another one; `line` is where it begins there. */
function partOf(view: TextView, text: string, line: number, ...via: readonly Layer[]): TextView {
  const lineWithin = lineCounter(text);
  return {
    file: view.file,
    text,
    via: [...view.via, ...via],
    lineAt: (offset) => line + lineWithin(offset) - 1,
  };
}

function readProse({ view, depth, standing }: Reading, gathered: Gathered): readonly Reading[] {
  const page = readMarkdown(view);
  for (const one of page.directives) gathered.directives.push(one);
  for (const one of page.links) gathered.links.push(one);
  noteStanding(gathered, view.file.path, page.standingAt);
  if (page.cutOff !== null) gathered.gaps.push(gap(view.file.path, page.cutOff));
  const code = page.blocks.flatMap((block): Reading[] => {
    const as = PROGRAMS.has(block.language ?? "") ? (block.language as ProgramLanguage) : null;
    if (as === null) return [];
    return [{ view: block.view, as, depth: depth + 1, standing: block.standing }];
  });
  const inline = page.inlineCode.flatMap((one): Reading[] => {
    const as = one.language === "shell" ? "shell" : guessLanguage(one.text);
    if (as === null || !/\s/.test(one.text)) return [];
    return [{ view: one.view, as, depth: depth + 1, standing: one.standing }];
  });
  const hidden = page.hidden.map((one): Reading => ({
    view: one,
    as: "prose",
    depth: depth + 1,
    standing,
  }));
  return [...code, ...inline, ...hidden];
}

function noteStanding(gathered: Gathered, file: string, at: (line: number) => Standing): void {
  gathered.standings.set(file, [...(gathered.standings.get(file) ?? []), at]);
}

function readCode(grammars: Grammars, reading: Reading, gathered: Gathered): readonly Reading[] {
  const { view, as, depth, standing } = reading;
  if (as === "prose") return [];
  const starts = lineStarts(view.text);
  const text = view.file.language === "batch" ? plainBatch(view.text) : view.text;
  const program = readProgram(grammars, as, text, {
    file: view.file.path,
    via: view.via,
    lineAt: (line) => view.lineAt(starts[line - 1] ?? 0),
    excerptAt: (line) =>
      view.text
        .slice(starts[line - 1] ?? 0, starts[line] ?? undefined)
        .trim()
        .slice(0, 200),
  });
  for (const one of program.facts) gathered.facts.push(one);
  // Blocks of Markdown are often pieces of programs, or hold a placeholder that no language has.
  if (!program.isWhole && view.via.length === 0)
    gathered.gaps.push(gap(view.file.path, `Not all of it could be read as ${as}.`));
  return program.uncovered.map((one) => ({
    view: partOf(view, one.text, one.line, ...one.via.slice(view.via.length)),
    as: one.language ?? guessLanguage(one.text) ?? "prose",
    depth: depth + 1,
    standing,
  }));
}

function toEvidence(
  entries: readonly TreeEntry[],
  inventory: Inventory,
  gathered: Gathered,
  advisories: AdvisorySnapshot | null,
): Read {
  const reachable = new Set(
    inventory.files.filter((file) => file.isReachable).map((file) => file.path),
  );
  const skill = readSkill(entries, { dirName: undefined, profile: "clients" });
  const facts = dropDoubleFacts(gathered.facts);
  const { dependencies, gaps } = readDependencies(inventory.files, facts, skill.frontmatter);
  const loose = looseOf(entries);
  const about = aboutOf(skill, loose, gathered.links);
  const evidence: Evidence = {
    about,
    files: inventory.files,
    facts,
    directives: gathered.directives,
    links: gathered.links,
    anomalies: gathered.anomalies,
    dependencies,
    licences: readLicences(inventory.files, skill.license ?? loose.licence),
    advisoryMatches: advisories === null ? [] : matchAdvisories(dependencies, advisories),
    standingAt: (place) => standingAt(gathered, about, place),
    isReachable: (file) => reachable.has(file),
  };
  return { evidence, gaps: [...gathered.gaps, ...gaps] };
}

function standingAt(gathered: Gathered, about: About, { file, line, via }: Place): Standing {
  for (const at of gathered.standings.get(file) ?? []) {
    const standing = at(line);
    if (standing !== "plain") return standing;
  }
  return isLesson(about, file, via) ? "sample" : "plain";
}

const SECURITY =
  /\b(?:secur|audit|pentest|penetration|vulnerab|red.?team|threat|exploit|attack|harden|malware|injection|forensic|ctf\b|bug bount|siem\b|detect|owasp|cve\b)/i;
const LESSON =
  /readme|hook\.md|attack|exploit|payload|bypass|vector|vulnerab|malicious|threat|injection|escalation|example|sample|pattern|case|real-world|ioc|detect|rule|cheat/i;

/**
 * A skill about security shows attacks in what it refers to. Its scripts, and what SKILL.md itself says to do, are as
 * those of any other skill.
 */
function isLesson(about: About, file: string, via: Place["via"]): boolean {
  const isPage = /\.(?:md|mdx|txt|markdown)$/i.test(file);
  // What a scanner looks for stands in its tables and comments.
  const isTable = !isPage && via.length === 1 && via[0] === "string";
  if (!isPage && !isTable) return false;
  if (!SECURITY.test(`${about.name} ${about.description}`)) return false;
  if (isTable) return true;
  if (via.includes("inline-code")) return true;
  return file.toLowerCase() !== "skill.md" && LESSON.test(file);
}

function looseOf(entries: readonly TreeEntry[]): LooseFrontmatter {
  const bytes = entries.find(({ path }) => path === "SKILL.md")?.bytes ?? new Uint8Array();
  return readLooseFrontmatter(Buffer.from(bytes.subarray(0, MAX_HEAD)).toString("utf8"));
}

/** What the strict reader refuses is still what the skill says of itself. */
function aboutOf(skill: SkillReading, loose: LooseFrontmatter, links: readonly Link[]): About {
  return {
    name: skill.name ?? loose.name,
    description: skill.description ?? loose.description,
    allowedTools: skill.allowedTools.length > 0 ? skill.allowedTools : loose.allowedTools,
    compatibility: skill.compatibility ?? loose.compatibility,
    hosts: new Set(
      links.flatMap(({ target, at }) =>
        at.via.length === 0 && at.file === "SKILL.md" ? hostOf(target) : [],
      ),
    ),
  };
}

function hostOf(target: string): readonly string[] {
  const host = /^https?:\/\/([^/:?#\s@]{1,255})/i.exec(target)?.[1];
  return host === undefined ? [] : [host.toLowerCase()];
}
