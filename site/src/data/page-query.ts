import type { SkillSort, TagState } from "./port.ts";
import type { Scan, ScanSeverity } from "./scan-port.ts";
import type { FindingSearch } from "./security-port.ts";

/** Query parameters of the lists. What cannot be read counts as absent: an address never breaks a page. */
const MAX_PAGE = 1_000_000;
const MAX_QUERY_LENGTH = 200;

export const SORTS: readonly { readonly key: SkillSort; readonly label: string }[] = [
  { key: "relevance", label: "Best match" },
  { key: "updated", label: "Newest release" },
  { key: "downloads", label: "Downloads" },
  { key: "name", label: "Name" },
];

export const TAG_STATES: readonly TagState[] = [
  "pending",
  "published",
  "held",
  "refused",
  "ignored",
];

export function readPage(params: URLSearchParams): number {
  const text = params.get("page") ?? "1";
  if (!/^[1-9]\d{0,6}$/.test(text)) return 1;
  return Math.min(Number(text), MAX_PAGE);
}

export function readSearch(params: URLSearchParams): string {
  return (params.get("q") ?? "").trim().slice(0, MAX_QUERY_LENGTH);
}

export function readSort(params: URLSearchParams, q: string): SkillSort {
  const asked = SORTS.find((sort) => sort.key === params.get("sort"))?.key;
  if (asked === undefined || (asked === "relevance" && q === "")) {
    return q === "" ? "updated" : "relevance";
  }
  return asked;
}

export function readTagState(params: URLSearchParams): TagState | undefined {
  return TAG_STATES.find((state) => state === params.get("state"));
}

const SEVERITIES: readonly ScanSeverity[] = ["critical", "high", "medium", "low", "info"];
const VERDICTS: readonly Scan["verdict"][] = ["block", "warn", "incomplete", "review", "pass"];

/** What the list of findings is narrowed by. */
export function readFindingFilters(params: URLSearchParams): Omit<FindingSearch, "page" | "size"> {
  const rule = params.get("rule") ?? "";
  const team = params.get("team") ?? "";
  return {
    severity: SEVERITIES.find((one) => one === params.get("severity")),
    verdict: VERDICTS.find((one) => one === params.get("verdict")),
    rule: /^[a-z-]{1,60}\.[a-z-]{1,60}$/.test(rule) ? rule : undefined,
    team: /^[a-z0-9-]{1,64}$/.test(team) ? team : undefined,
  };
}

/** Page numbers to print around the current one; null stands for a gap. */
export function pageWindow(page: number, pages: number): (number | null)[] {
  const wanted = new Set([1, page - 1, page, page + 1, pages]);
  const shown = [...wanted].filter((n) => n >= 1 && n <= pages).sort((a, b) => a - b);
  return shown.flatMap((n, index) => {
    const before = shown[index - 1];
    return before !== undefined && n - before > 1 ? [null, n] : [n];
  });
}

/** The version to compare with; null where none is asked for. */
export function readAgainst(params: URLSearchParams): string | null {
  const text = params.get("against") ?? "";
  return /^[0-9A-Za-z.+-]{1,100}$/.test(text) ? text : null;
}
