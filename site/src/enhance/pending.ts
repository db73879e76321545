import { addCopyButtons } from "./copy-buttons.ts";

const FIRST_MS = 500;
const LONGEST_MS = 8000;

/**
 * A page that waits for a judgement shows it once it is there: told by its stream of events where it has one, or else by
 * asking for itself again, more and more slowly, until the state differs.
 */
export function followPending(): void {
  if (stateOf(document) !== "pending") return;
  const events = document.querySelector<HTMLElement>("[data-events]")?.dataset["events"];
  if (events !== undefined && "EventSource" in window) listen(events);
  else askLater(FIRST_MS);
}

function listen(address: string): void {
  const source = new EventSource(address);
  source.addEventListener("change", () => void refresh());
  source.addEventListener("end", () => {
    source.close();
    void refresh();
  });
  source.addEventListener("error", () => {
    // It connects again by itself, unless it was refused.
    if (source.readyState === EventSource.CLOSED) askLater(LONGEST_MS);
  });
}

function stateOf(page: Document): string | undefined {
  return page.querySelector<HTMLElement>("[data-state]")?.dataset["state"];
}

function askLater(waitMs: number): void {
  setTimeout(() => void ask(waitMs), waitMs);
}

async function ask(waitedMs: number): Promise<void> {
  const next = await fetchPage();
  if (next !== null && stateOf(next) !== "pending") show(next);
  else askLater(Math.min(waitedMs * 1.5, LONGEST_MS));
}

async function refresh(): Promise<void> {
  const next = await fetchPage();
  if (next !== null) show(next);
}

function show(next: Document): void {
  const fresh = next.querySelector("main");
  if (fresh === null) return;
  document.querySelector("main")?.replaceWith(document.adoptNode(fresh));
  document.title = next.title;
  addCopyButtons(fresh);
}

async function fetchPage(): Promise<Document | null> {
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null;
  }
}
