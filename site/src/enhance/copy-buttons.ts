const CONFIRM_MS = 1500;

/** Puts a copy button behind every `data-copy`: the attribute's text, or the element's own when it is empty. */
export function addCopyButtons(root: ParentNode): void {
  if (!("clipboard" in navigator)) return;
  for (const host of root.querySelectorAll<HTMLElement>("[data-copy]")) {
    const text = host.dataset["copy"] || (host.textContent ?? "");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "copy";
    button.setAttribute("aria-label", `Copy ${text.slice(0, 60)}`);
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(text).then(
        () => say(button, "copied", "copy done"),
        () => say(button, "press Ctrl C", "copy"),
      );
    });
    host.append(button);
  }
}

function say(button: HTMLElement, word: string, className: string): void {
  button.textContent = word;
  button.className = className;
  setTimeout(() => {
    button.textContent = "copy";
    button.className = "copy";
  }, CONFIRM_MS);
}
