import { randomUUID } from "node:crypto";
import { makeVisible } from "../../registry-app/src/scan/index.ts";

/** What the runner of a job is told through its log and files, where what strangers wrote must stay what it is: text. */

/** One line that the runner acts upon. Neither the message nor a property can end it or add to it. */
export function toCommand(
  name: string,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const told = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapeProperty(String(value))}`,
  );
  return `::${name}${told.length === 0 ? "" : ` ${told.join(",")}`}::${escapeData(message)}\n`;
}

/** Text for people, in which the runner obeys nothing until it reads a word that nobody can guess. */
export function toQuoted(text: string): string {
  const word = randomUUID();
  return `::stop-commands::${word}\n${text}\n::${word}::\n`;
}

/** An output of the step; its end is a word that nobody can guess. */
export function toOutput(name: string, value: string): string {
  const word = `end-${randomUUID()}`;
  return `${name}<<${word}\n${value}\n${word}\n`;
}

/** Text as Markdown that shows it, whatever it holds. */
export function toMarkdown(text: string): string {
  return makeVisible(text.replaceAll(/\s+/g, " "))
    .toWellFormed()
    .replaceAll(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

/** Lines as HTML that shows them as they are. */
export function toPreformatted(text: string): string {
  const shown = text.replaceAll(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);
  return `<pre>\n${shown}\n</pre>`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
