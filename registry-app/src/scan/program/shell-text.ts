/** A prompt as documentation shows it: `$ `, `user@host:~$ `, `% `, `PS C:\\> `. A `#` may be a comment and stays. */
const PROMPT =
  /^[ \t]{0,8}(?:[\w.-]{1,40}@[\w.-]{1,60}[: ][\w~/.-]{0,80})?[$%❯➜][ \t]{1,4}(?=\S)|^[ \t]{0,8}PS(?: [A-Za-z]:[^>\n]{0,120})?> {0,4}/;
/** `> cmd` is what people write for a prompt, and a redirect when it stands alone in a script. */
const ANGLE = /^[ \t]{0,8}> (?=[a-z])/;

/** `<server>.db.cloud.com`: a name to fill in, where a shell would read a file. */
const TO_FILL_IN = /<([a-z][\w-]{1,40})>(?=\.[\w-]{1,63}\.[\w-]{1,63})/gi;

/**
 * The commands of a text in which documentation shows a session. Prompts become spaces, so that lines and columns stay;
 * a text without prompts is given back as it is.
 */
export function shellTextOf(given: string): string {
  const text = given.replaceAll(TO_FILL_IN, (_found, name: string) => `{${name}}`);
  const lines = text.split("\n");
  const isSession = lines.some((line) => PROMPT.test(line));
  const isQuoted = !isSession && lines.every((line) => line.trim() === "" || ANGLE.test(line));
  if (!isSession && !isQuoted) return text;
  let isContinued = false;
  const cleaned = lines.map((line) => {
    const found = (isQuoted ? ANGLE : PROMPT).exec(line)?.[0];
    const isCommand = found !== undefined || isContinued;
    isContinued = isCommand && line.endsWith("\\");
    return found === undefined ? line : " ".repeat(found.length) + line.slice(found.length);
  });
  return cleaned.join("\n");
}
