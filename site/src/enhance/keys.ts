/** `/` searches, `j` and `k` walk the rows, `?` lists the keys. */
export function listenToKeys(): void {
  const help = document.querySelector<HTMLDialogElement>("#keys");
  const entry = document.querySelector<HTMLElement>("[data-keys]");
  if (entry !== null) entry.hidden = false;
  entry?.addEventListener("click", () => help?.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (help?.open === true) return;
    if (event.key === "/") {
      event.preventDefault();
      const find = document.querySelector<HTMLInputElement>("[data-find]");
      find?.focus();
      find?.select();
    } else if (event.key === "?") help?.showModal();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

/** Focus goes to the row's first link, so that Enter opens it and a screen reader says it. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const current = rows.findIndex((row) => row.classList.contains("is-current"));
  const start = by === 1 ? -1 : rows.length;
  const next = rows[(current === -1 ? start : current) + by];
  if (next === undefined) return;
  rows[current]?.classList.remove("is-current");
  next.classList.add("is-current");
  next.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
