import { describe, expect, it } from "vitest";
import { readSkill, type ReadOptions, type TreeEntry } from "./index.ts";

const entry = (
  path: string,
  text: string | Buffer,
  mode: TreeEntry["mode"] = "100644",
): TreeEntry => {
  const bytes = Buffer.from(text);
  return { path, mode, size: bytes.length, bytes };
};
const GOOD = [
  "---",
  "name: deploy",
  "description: Deploys a service. Use when somebody asks for a release.",
  "license: MIT",
  "metadata:",
  '  version: "1.2.0"',
  "allowed-tools: Bash(git add:*) Read, Grep",
  "---",
  "# Deploy",
  "",
  "Read [the notes](references/notes.md).",
  "",
].join("\n");
const NOTES = entry("references/notes.md", "Notes\n");
const OPTIONS: ReadOptions = { dirName: "deploy", profile: "clients" };
const read = (
  text: string | Buffer,
  options: Partial<ReadOptions> = {},
  more: TreeEntry[] = [NOTES],
) => readSkill([entry("SKILL.md", text), ...more], { ...OPTIONS, ...options });
const brief = (reading: ReturnType<typeof readSkill>) =>
  reading.findings.map(
    ({ rule, severity, line, column }) => `${severity} ${rule} ${line}:${column}`,
  );
const withField = (line: string) => GOOD.replace("license: MIT", `license: MIT\n${line}`);
const within = (limitMs: number, work: () => void) => {
  const start = performance.now();
  work();
  expect(performance.now() - start).toBeLessThan(limitMs);
};

describe("a good skill", () => {
  it("is valid and publishable without a finding, and its parts are told", () => {
    expect(read(GOOD)).toMatchObject({
      valid: true,
      publishable: true,
      findings: [],
      name: "deploy",
      version: "1.2.0",
      license: "MIT",
      metadata: { version: "1.2.0" },
      allowedTools: ["Bash(git add:*)", "Read", "Grep"],
      frontmatter: { name: "deploy", metadata: { version: "1.2.0" } },
      body: "# Deploy\n\nRead [the notes](references/notes.md).\n",
      bodyStartLine: 9,
    });
  });

  it("may lie at the root of a one-skill source, where the tag names it", () => {
    expect(
      read(GOOD, { dirName: undefined, tag: { name: "deploy", version: "1.2.0" } }),
    ).toMatchObject({ valid: true, publishable: true });
    expect(
      brief(read(GOOD, { dirName: undefined, tag: { name: "other", version: "1.2.0" } })),
    ).toEqual(["error name.tag 2:7"]);
  });
});

describe("findings", () => {
  it.each<[string, string, string[], boolean, boolean]>([
    [
      "a client's field warns",
      withField("model: opus"),
      ["warning fields.unexpected 5:1", "info fields.client 5:1"],
      false,
      true,
    ],
    [
      "a typo is an error",
      withField("licence: MIT"),
      ["error fields.unexpected 5:1", "error fields.unknown 5:1"],
      false,
      false,
    ],
    [
      "a number for a name",
      GOOD.replace("name: deploy", "name: 123"),
      ["error name.directory 2:7", "error name.not-text 2:7"],
      false,
      false,
    ],
    [
      "a version below metadata that is none",
      GOOD.replace('"1.2.0"', '"1.2"'),
      ["warning version.invalid 6:12"],
      true,
      true,
    ],
    [
      "a number below metadata",
      GOOD.replace('"1.2.0"', "1.2"),
      ["warning version.invalid 6:12", "warning metadata.values 6:12"],
      true,
      true,
    ],
    [
      "what installers write",
      GOOD.replace("  version", "  github-ref: x\n  version"),
      ["error metadata.provenance 6:3"],
      true,
      false,
    ],
    ["no license", GOOD.replace("license: MIT\n", ""), ["info license.missing 2:1"], true, true],
    [
      "no hint when to use it",
      GOOD.replace("Use when somebody asks for", "It makes"),
      ["warning description.use-when 3:14"],
      true,
      true,
    ],
    [
      "markup in the description",
      GOOD.replace("service", "<b>"),
      ["warning description.markup 3:14"],
      true,
      true,
    ],
    [
      "a list of tools",
      GOOD.replace(": Bash(git add:*) Read, Grep", ":\n  - Read"),
      ["warning allowed-tools.list 8:3"],
      true,
      true,
    ],
    [
      "a link to nowhere",
      GOOD.replace("notes.md", "gone.md"),
      ["warning links.missing 11:18"],
      true,
      true,
    ],
    [
      "a link out of the folder",
      GOOD.replace("references/notes.md", "../x.md"),
      ["warning links.outside 11:18"],
      true,
      true,
    ],
    [
      "an empty body",
      GOOD.slice(0, GOOD.indexOf("# Deploy")),
      ["warning body.empty 9:1"],
      true,
      true,
    ],
    ["line ends of Windows", GOOD.replaceAll("\n", "\r\n"), ["info text.crlf 1:4"], true, true],
    [
      "a language behind the fence",
      GOOD.replace("---", "---js"),
      ["error frontmatter.language 1:4", "error frontmatter.yaml 1:4"],
      false,
      false,
    ],
    [
      "a field on the fence",
      GOOD.replace("---\n", "---"),
      ["error frontmatter.language 1:4"],
      true,
      false,
    ],
    [
      "quoted text at the margin",
      GOOD.replace("MIT", '"M\nIT"'),
      ["error frontmatter.indent 1:4"],
      true,
      false,
    ],
    [
      "a merge key",
      GOOD.replace("  version", "  <<:\n    a: b\n  version"),
      ["error frontmatter.merge 6:3"],
      true,
      false,
    ],
    [
      "a name of other letters",
      GOOD.replace("name: deploy", "name: dеploy"),
      ["error name.directory 2:7", "error name.ascii 2:7"],
      false,
      false,
    ],
    ["a duplicate key", withField("license: X"), ["error frontmatter.yaml 5:1"], false, false],
    [
      "a byte order mark",
      `\ufeff${GOOD}`,
      ["error encoding.bom 1:1", "error frontmatter.missing 1:1"],
      false,
      false,
    ],
    ["a NUL in the body", `${GOOD}\0`, ["error encoding.characters 12:1"], true, false],
  ])("%s", (_what, text, expected, valid, publishable) => {
    const reading = read(text);
    expect(brief(reading)).toEqual(expected);
    expect({ valid: reading.valid, publishable: reading.publishable }).toEqual({
      valid,
      publishable,
    });
    expect(reading.findings.every(({ fix }) => fix !== undefined && fix !== "")).toBe(true);
  });

  it.each([
    String.raw`a: "x\0"`,
    String.raw`a: "\e[31m"`,
    String.raw`a: "\uD800"`,
    String.raw`"\0": b`,
  ])("refuse the escape of a character that nothing keeps: %s", (line) => {
    const field = `compatibility: Any\nmetadata:\n  ${line}\n`;
    const reading = read(
      `---\nname: deploy\ndescription: Use when so\nlicense: MIT\n${field}---\nBody\n`,
    );
    expect(brief(reading)).toEqual(["error encoding.characters 7:3"]);
    expect({ valid: reading.valid, publishable: reading.publishable }).toEqual({
      valid: true,
      publishable: false,
    });
  });

  it("say that readers disagree on a --- inside a value, though the reference takes the skill", () => {
    const text = "---\nname: deploy\ndescription: Use when a --- b\n---\nBody\n";
    const reading = read(text);
    expect(reading).toMatchObject({ valid: true, publishable: false, description: "Use when a" });
    expect(brief(reading)[0]).toBe("error frontmatter.fence 3:25");
  });

  it("are errors for every extra field under the profile spec", () => {
    const reading = read(withField("model: opus"), { profile: "spec" });
    expect(brief(reading)).toEqual(["error fields.unexpected 5:1", "error fields.client 5:1"]);
    expect(reading.publishable).toBe(false);
  });

  it("tell what a typo meant", () => {
    const reading = read(withField("disable-model-invokation: true"));
    expect(reading.findings.find(({ rule }) => rule === "fields.unknown")?.fix).toBe(
      "Rename disable-model-invokation to disable-model-invocation.",
    );
  });

  it("say that the tag and metadata.version differ", () => {
    const reading = read(GOOD, { tag: { name: "deploy", version: "1.3.0" } });
    expect(brief(reading)).toEqual(["error version.tag 6:12"]);
  });

  it("point out scripts that need an executable bit, with the interpreter to use", () => {
    const script = entry("scripts/go.py", "print()\n", "100755");
    const reading = read(`${GOOD}\`\`\`sh\n./scripts/go.py --now\n\`\`\`\n`, {}, [NOTES, script]);
    expect(reading.findings.map(({ rule, line, fix }) => [rule, line, fix])).toEqual([
      ["scripts.direct", 13, "python3 scripts/go.py"],
    ]);
  });

  it("name a body of more than 500 lines", () => {
    expect(brief(read(`${GOOD}${"x\n".repeat(600)}`))).toEqual(["warning body.lines 509:1"]);
  });

  it("refuse skill.md though the reference takes it", () => {
    const reading = readSkill([entry("skill.md", GOOD), NOTES], OPTIONS);
    expect(reading).toMatchObject({ valid: true, publishable: false });
    expect(brief(reading)).toEqual(["error skill.file-name 1:1"]);
  });

  it("point at the byte that is not UTF-8", () => {
    const reading = read(Buffer.concat([Buffer.from("---\nname: "), Buffer.from([0xff])]));
    expect(brief(reading)).toEqual(["error encoding.utf8 2:7"]);
  });

  it("show invisible characters as escapes", () => {
    const [first] = read(withField("a\u202eb: x")).findings;
    expect(first?.message).toContain("a\\u{202e}b");
  });
});

describe("hostile text", () => {
  const FRONT = "---\nname: deploy\ndescription: Use when x\n";
  const anchors = Array.from(
    { length: 20 },
    (_, i) => `k${i}: &k${i} [*k, *k, *k, *k, *k, *k, *k]`,
  );
  it.each<[string, string, string]>([
    ["an alias bomb", `${FRONT}k: &k [x]\n${anchors.join("\n")}\n---\n`, "frontmatter.yaml"],
    ["code for an engine", "---js\n{name: process.exit(1)}\n---\n", "frontmatter.language"],
    [
      "a megabyte of frontmatter",
      `${FRONT}${"x: y\n".repeat(200_000)}---\n`,
      "frontmatter.too-large",
    ],
    ["a megabyte without an end", `${FRONT}${"x: y\n".repeat(200_000)}`, "frontmatter.unclosed"],
    ["blank lines", `---${"\n".repeat(16_000)}---\n`, "frontmatter.not-a-mapping"],
    ["sequences in sequences", `${FRONT}x:\n  ${"- ".repeat(7000)}x\n---\n`, "frontmatter.yaml"],
    ["brackets in brackets", `${FRONT}x: ${"[".repeat(15_000)}\n---\n`, "frontmatter.yaml"],
    ["flow maps in flow maps", `${FRONT}x: ${"{a: ".repeat(3500)}\n---\n`, "frontmatter.yaml"],
    [
      "maps in maps",
      `${FRONT}${Array.from({ length: 150 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")}\n---\n`,
      "frontmatter.yaml",
    ],
    ["thousands of equal keys", `${FRONT}${"a: 1\n".repeat(3000)}---\n`, "frontmatter.yaml"],
    [
      "thousands of fields",
      `${FRONT}${Array.from({ length: 1500 }, (_, i) => `d${i}: 1`).join("\n")}\n---\n`,
      "fields.unknown",
    ],
    ["quotes at the margin", `---\n${'a: "\nx"\n'.repeat(1500)}---\n`, "frontmatter.yaml"],
    ["parentheses", `${FRONT}allowed-tools: ${"(".repeat(15_000)}\n---\n`, "body.empty"],
    ["links upon links", `${FRONT}---\n${"](x)".repeat(200_000)}`, "links.missing"],
    ["lines of links", `${FRONT}---\n${"](x)\n".repeat(150_000)}`, "links.missing"],
    ["a megabyte and one byte", "x".repeat(1024 * 1024 + 1), "skill.too-large"],
  ])(
    "runs no code, expands within bounds only and answers within its time: %s",
    (_what, text, rule) => {
      within(1500, () => {
        const { findings } = read(text);
        expect(findings.map((finding) => finding.rule)).toContain(rule);
        expect(findings.length).toBeLessThan(60);
      });
    },
  );

  it("with the keys of prototypes changes no prototype", () => {
    const text = withField("__proto__: x\nconstructor: y").replace(
      "  version",
      "  __proto__: z\n  version",
    );
    const { frontmatter, metadata, valid } = read(text);
    expect(valid).toBe(false);
    expect(Object.keys(frontmatter)).toEqual([
      "name",
      "description",
      "license",
      "metadata",
      "allowed-tools",
    ]);
    expect(Object.keys(metadata)).toEqual(["version"]);
    expect(Object.getPrototypeOf(frontmatter)).toBe(Object.prototype);
  });

  it("refuses a SKILL.md that is a link, a folder or an image", () => {
    expect(brief(readSkill([entry("SKILL.md", "../x", "120000")], OPTIONS))).toEqual([
      "error skill.binary 1:1",
      "error tree.symlink 1:1",
    ]);
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]);
    expect(brief(read(png))).toEqual(["error encoding.utf8 1:1"]);
  });
});
