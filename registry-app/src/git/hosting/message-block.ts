const WIDTH = 76;
const MAX_LINES = 200;
const MAX_CHARACTERS = 20_000;

// C0 and C1 controls, what reorders or hides text, and lone surrogates. Git hands our lines to the pusher's terminal as
// they are, and names of tags, skills and people stand in them.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * A message as the lines a pusher sees after `remote:`. Control and direction characters go; long lines wrap at spaces.
 * A line that starts with a space is a command or a table and stays whole, so that it can be pasted.
 */
export function toMessageBlock(message: string): readonly string[] {
  const lines = message
    .slice(0, MAX_CHARACTERS)
    .split(/\r\n|\n/)
    .map((line) => line.replaceAll("\t", "  ").replaceAll(UNPRINTABLE, "").trimEnd())
    .flatMap((line) => (line.startsWith(" ") ? [line] : wrap(line)));
  while (lines.at(-1) === "") lines.pop();
  return lines.slice(0, MAX_LINES);
}

function wrap(line: string): string[] {
  const wrapped: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + 1 + word.length > WIDTH) {
      wrapped.push(current);
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  return [...wrapped, current];
}
