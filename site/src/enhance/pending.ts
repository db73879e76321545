import { addCopyButtons } from "./copy-buttons.ts";

const FIRST_MS = 500;
const LONGEST_MS = 8000;

/** A page that waits for a judgement asks for itself again, more and more slowly, until the state differs. */
export function followPending(): void {
  if (stateOf(document) === "pending") setTimeout(() => ask(FIRST_MS), FIRST_MS);
}

function stateOf(page: Document): string | undefined {
  return page.querySelector<HTMLElement>("[data-state]")?.dataset["state"];
}

async function ask(waitedMs: number): Promise<void> {
  const next = await fetchPage();
  const fresh = next?.querySelector("main");
  if (next !== null && fresh && stateOf(next) !== "pending") {
    document.querySelector("main")?.replaceWith(document.adoptNode(fresh));
    document.title = next.title;
    addCopyButtons(fresh);
    return;
  }
  const waitMs = Math.min(waitedMs * 1.5, LONGEST_MS);
  setTimeout(() => void ask(waitMs), waitMs);
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
