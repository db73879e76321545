import type { DataCommand } from "../commands-in-data.ts";

/** Commands that stand in files which are no shell scripts: build files, workflows, units, property lists. */

const MAX_LINES = 20_000;
const MAX_COMMANDS = 500;

type Finder = (lines: readonly string[]) => readonly DataCommand[];

const FINDERS: readonly (readonly [RegExp, Finder])[] = [
  [/(?:^|\/)(?:gnu)?makefile$|\.mk$/i, inMakefile],
  [/(?:^|\/)(?:docker|container)file(?:\.\w{1,30})?$|\.dockerfile$/i, inDockerfile],
  [/\.ya?ml$/i, inYaml],
  [/\.(?:service|timer|desktop)$/i, inUnit],
  [/\.plist$/i, inPropertyList],
  [/\.(?:pl|pm)$/i, (lines) => inInterpreter("perl -e", lines)],
  [/\.rb$/i, (lines) => inInterpreter("ruby -e", lines)],
  [/\.php$/i, (lines) => inInterpreter("php -r", lines)],
  [
    /\.(?:lua|go|rs|java|kt|cs|swift|dart|groovy|scala|exs?)$/i,
    (lines) => inInterpreter("perl -e", lines),
  ],
  [/\.(?:applescript|scpt|osascript)$/i, inAppleScript],
];

export function commandsInFile(path: string, text: string): readonly DataCommand[] {
  const find = FINDERS.find(([pattern]) => pattern.test(path))?.[1];
  if (find === undefined) return [];
  return find(text.split("\n", MAX_LINES))
    .filter((one) => one.text.trim() !== "")
    .slice(0, MAX_COMMANDS);
}

/** Recipes of a target; `$$` is a shell's `$`, `$(shell …)` runs its words. */
function inMakefile(lines: readonly string[]): readonly DataCommand[] {
  return joinedLines(lines).flatMap(({ text, line }) => {
    const asked = /\$\(shell ([^\n]{1,500})\)\s*$/.exec(text)?.[1];
    if (asked !== undefined) return [{ text: asked, line }];
    if (!text.startsWith("\t")) return [];
    return [{ text: text.replace(/^\t[@+-]{0,3}\s{0,8}/, "").replaceAll("$$", "$"), line }];
  });
}

function inDockerfile(lines: readonly string[]): readonly DataCommand[] {
  return joinedLines(lines).flatMap(({ text, line }) => {
    const found = /^\s{0,20}(?:onbuild\s{1,8})?(?:run|cmd|entrypoint)\s{1,8}(\S.*)$/i.exec(
      text,
    )?.[1];
    if (found === undefined) return [];
    const plain = found.replace(/^(?:--\w[\w=,./-]{0,200}\s{1,8}){1,9}/, "");
    return [{ text: wordsOfList(plain) ?? plain, line }];
  });
}

/** `["sh", "-c", "x"]` as a command line. */
function wordsOfList(text: string): string | null {
  if (!text.startsWith("[")) return null;
  const words = [...text.matchAll(/"((?:[^"\\]|\\.){0,2000})"/g)].map(([, one = ""]) =>
    one.replaceAll(/\\(.)/g, "$1"),
  );
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./~-]{1,400}$/.test(word)
    ? word
    : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

const YAML_KEY =
  /^(\s{0,60}(?:-\s{1,8})?)(?:run|script|command|cmd|entrypoint|before_script|after_script|install|postinstall|onCreateCommand|postCreateCommand)\s{0,4}:\s{0,8}(.*)$/i;

/** Values of the keys under which workflows have commands, and the blocks below them. */
function inYaml(lines: readonly string[]): readonly DataCommand[] {
  const found: DataCommand[] = [];
  for (const [at, line] of lines.entries()) {
    const [, lead, value = ""] = YAML_KEY.exec(line) ?? [];
    if (lead === undefined) continue;
    const isBlock = /^[|>][+-]?\d?\s*(?:#.*)?$/.test(value) || value === "";
    if (!isBlock) found.push({ text: ofWorkflow(unquoted(value)), line: at + 1 });
    else found.push({ text: ofWorkflow(blockBelow(lines, at, lead.length)), line: at + 2 });
  }
  return found;
}

function blockBelow(lines: readonly string[], at: number, indent: number): string {
  const block: string[] = [];
  for (const line of lines.slice(at + 1, at + 400)) {
    const own = line.length - line.trimStart().length;
    if (line.trim() !== "" && own < Math.max(1, indent)) break;
    block.push(line.replace(/^\s{0,60}(?:-\s)?/, ""));
  }
  return block.join("\n");
}

function unquoted(value: string): string {
  const own = value.trim();
  const inner = /^"(.*)"$/.exec(own)?.[1]?.replaceAll(/\\(.)/g, "$1") ?? /^'(.*)'$/.exec(own)?.[1];
  return inner ?? wordsOfList(own) ?? own;
}

/** All secrets of a workflow at once are its whole environment; one of them is a variable. */
function ofWorkflow(text: string): string {
  return text
    .replaceAll(/'?\$\{\{\s{0,8}toJSON\(\s{0,4}secrets\s{0,4}\)\s{0,8}\}\}'?/gi, "$(printenv)")
    .replaceAll(/\$\{\{\s{0,8}secrets\.(\w{1,80})\s{0,8}\}\}/gi, "${$1}")
    .replaceAll(/\$\{\{[^{}\n]{0,200}\}\}/g, "value");
}

function inUnit(lines: readonly string[]): readonly DataCommand[] {
  return lines.flatMap((line, at) => {
    const found =
      /^\s{0,8}Exec(?:Start|StartPre|StartPost|Stop|Reload)?\s{0,4}=[-@+!:]{0,3}(.{1,2000})$/.exec(
        line,
      )?.[1];
    return found === undefined ? [] : [{ text: found, line: at + 1 }];
  });
}

const ENTITIES: readonly (readonly [string, string])[] = [
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&apos;", "'"],
  ["&amp;", "&"],
];

/** The words of `ProgramArguments`, in a row. */
function inPropertyList(lines: readonly string[]): readonly DataCommand[] {
  const text = lines.join("\n");
  return [
    ...text.matchAll(/<key>Program(?:Arguments)?<\/key>([\s\S]{0,8000}?)(?:<\/array>|<key>)/g),
  ]
    .slice(0, 20)
    .map((found) => {
      const words = [...(found[1] ?? "").matchAll(/<string>([^<]{0,4000})<\/string>/g)].map(
        ([, one = ""]) =>
          ENTITIES.reduce((whole, [entity, letter]) => whole.replaceAll(entity, letter), one),
      );
      return {
        text: words.map(quoted).join(" "),
        line: text.slice(0, found.index).split("\n").length,
      };
    });
}

/** A script of AppleScript as `osascript` would be given it. */
function inAppleScript(lines: readonly string[]): readonly DataCommand[] {
  const end = "END_OF_APPLESCRIPT";
  return [{ text: `osascript <<'${end}'\n${lines.join("\n")}\n${end}`, line: 1 }];
}

/** A program in a language without a grammar here, as its interpreter would be given it on a command line. */
function inInterpreter(command: string, lines: readonly string[]): readonly DataCommand[] {
  return [{ text: `${command} ${quoted(lines.join("\n"))}`, line: 1 }];
}

/** Lines that a backslash joins are one. */
function joinedLines(lines: readonly string[]): readonly DataCommand[] {
  const whole: DataCommand[] = [];
  let text = "";
  let from = 0;
  for (const [at, line] of lines.entries()) {
    if (text === "") from = at;
    if (line.endsWith("\\")) {
      text += `${line.slice(0, -1)} `;
      continue;
    }
    whole.push({ text: text + line, line: from + 1 });
    text = "";
  }
  return text === "" ? whole : [...whole, { text, line: from + 1 }];
}

/** A batch file with its own variables filled in and `&` between commands as a shell has it. */
export function plainBatch(text: string): string {
  const known = new Map<string, string>();
  return text
    .split("\n", MAX_LINES)
    .map((line) => {
      const own = line
        .replace(/^\s{0,20}@/, "")
        .replaceAll(/%(\w{1,60})%/g, (whole, name: string) => {
          return known.get(name.toLowerCase()) ?? whole;
        });
      const [, name, value = ""] =
        /^\s{0,20}set\s{1,4}"?(\w{1,60})=([^"\r\n]{0,500})/i.exec(own) ?? [];
      if (name !== undefined && known.size < 200) known.set(name.toLowerCase(), value);
      return own;
    })
    .join("\n");
}
