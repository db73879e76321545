/** What a remedy is made of: commands to paste, links to follow, sentences to read. */
export type RemedyPart =
  | { readonly kind: "command"; readonly text: string }
  | { readonly kind: "link"; readonly href: string }
  | { readonly kind: "sentence"; readonly text: string };

const COMMAND = /^(?:git|npx|npm|curl|chmod|ssh-keygen|ssh-add|tar|mkdir|cd|printf|echo|cat|gh)\s/u;
const LINK = /^(?:https?:\/\/\S+|\/(?!\/)\S*)$/u;

/** Neighbouring command lines become one block; every other line stands for itself. */
export function splitRemedy(remedy: string): RemedyPart[] {
  const parts: RemedyPart[] = [];
  for (const raw of remedy.split("\n")) {
    const line = raw.trim().replace(/^\$ /u, "");
    const last = parts.at(-1);
    if (line === "") continue;
    if (COMMAND.test(line)) {
      if (last?.kind === "command") {
        parts[parts.length - 1] = { kind: "command", text: `${last.text}\n${line}` };
      } else parts.push({ kind: "command", text: line });
    } else if (LINK.test(line)) parts.push({ kind: "link", href: line });
    else parts.push({ kind: "sentence", text: line.replace(/^# /u, "") });
  }
  return parts;
}
