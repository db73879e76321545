import { assert, constantFrom, property, string, array, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { factOf, fileOf } from "./dependencies.test-kit.ts";
import type { Dependency } from "./dependency.ts";
import { readDependencies, readPackageHooks } from "./read-dependencies.ts";

function read(path: string, text: string): readonly Dependency[] {
  return readDependencies([fileOf(path, text)], [], {}).dependencies;
}

/** Name, version, whether pinned, source, line: what a table of cases compares. */
function short(one: Dependency): string {
  const pin = one.isPinned ? "=" : "~";
  const hash = one.hasHash ? "#" : "";
  return `${one.ecosystem} ${one.name} ${pin}${one.version ?? "-"}${hash} ${one.source} :${one.at.line}`;
}

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "package.json",
    '{\n "dependencies": {\n  "Left-Pad": "1.3.0",\n  "a": "^2.0.0",\n  "b": "github:x/y",\n  "c": "npm:real@1.0.0",\n  "d": "https://e.example/d.tgz",\n  "e": "file:../e"\n }\n}',
    [
      "npm left-pad =1.3.0 registry :3",
      "npm a ~^2.0.0 registry :4",
      "npm b ~github:x/y git :5",
      "npm real =1.0.0 registry :6",
      "npm d ~https://e.example/d.tgz url :7",
      "npm e ~file:../e path :8",
    ],
  ],
  [
    "package-lock.json",
    '{"packages":{"":{"name":"own"},\n"node_modules/@a/b":{"version":"1.0.0","integrity":"sha512-x"},\n"node_modules/x/node_modules/y":{"version":"2.0.0","resolved":"https://npm.other.example/y.tgz","hasInstallScript":true}}}',
    ["npm @a/b =1.0.0# registry :2", "npm y =2.0.0 extra-index :3"],
  ],
  [
    "pnpm-lock.yaml",
    "lockfileVersion: '9.0'\npackages:\n  '@a/b@1.0.0':\n    resolution: {integrity: sha512-x}\n  c@2.0.0(d@1.0.0):\n    engines: {}\nsnapshots:\n  e@3.0.0: {}\n",
    ["npm @a/b =1.0.0# registry :3", "npm c =2.0.0 registry :5"],
  ],
  [
    "yarn.lock",
    '# yarn\n"@a/b@^1.0.0", "@a/b@^1.1.0":\n  version "1.2.0"\n  resolved "https://x"\n  integrity sha512-x\nc@^2:\n  version: 2.0.1\n',
    ["npm @a/b =1.2.0# registry :2", "npm c =2.0.1 registry :6"],
  ],
  [
    "requirements.txt",
    "# comment\nFlask_Login==0.6.3\nrequests[socks] >= 2.0, <3  # why\npkg @ git+https://github.com/o/r@main\n-e git+https://github.com/o/thing.git#egg=thing\nhttps://h.example/pkgname-1.0-py3-none-any.whl\nlocked==1.0 \\\n  --hash=sha256:aa\n./local\n-r other.txt\n",
    [
      "pypi flask-login =0.6.3 registry :2",
      "pypi requests ~>= 2.0, <3 registry :3",
      "pypi pkg ~- git :4",
      "pypi thing ~- git :5",
      "pypi pkgname ~- url :6",
      "pypi locked =1.0# registry :7",
    ],
  ],
  [
    "dev-requirements.txt",
    "--extra-index-url https://pip.corp.example/simple\ninternal-tools\n",
    ["pypi internal-tools ~- extra-index :2"],
  ],
  [
    "pyproject.toml",
    '[project]\nname = "own"\ndependencies = [\n  "httpx==0.27.0", # pinned\n  \'rich>=13\',\n]\n[project.optional-dependencies]\ndev = ["pytest"]\n[tool.poetry.dependencies]\npython = "^3.11"\nnumpy = "^1.26"\nmine = {git = "https://github.com/o/mine", rev = "main"}\n',
    [
      "pypi httpx =0.27.0 registry :4",
      "pypi rich ~>=13 registry :5",
      "pypi pytest ~- registry :8",
      "pypi numpy ~^1.26 registry :11",
      "pypi mine ~- git :12",
    ],
  ],
  [
    "Pipfile",
    '[[source]]\nurl = "https://pypi.org/simple"\n[packages]\nrequests = "*"\nold = {version = "==1.0"}\n',
    ["pypi requests ~- registry :4", "pypi old =1.0 registry :5"],
  ],
  [
    "uv.lock",
    'version = 1\n[[package]]\nname = "own"\nversion = "0.1"\nsource = { virtual = "." }\n[[package]]\nname = "six"\nversion = "1.16.0"\nsource = { registry = "https://pypi.org/simple" }\nsdist = { url = "https://x", hash = "sha256:a" }\n',
    ["pypi six =1.16.0# registry :7"],
  ],
  [
    "setup.py",
    "from setuptools import setup\nsetup(install_requires=['a==1', 'b>2',\n 'c'],\n name='x')\n",
    ["pypi a =1 registry :2", "pypi b ~>2 registry :2", "pypi c ~- registry :3"],
  ],
  [
    "tool.py",
    '#!/usr/bin/env -S uv run\n# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "httpx",\n#   "rich==13.0.0",\n# ]\n# ///\nimport httpx\n',
    ["pypi httpx ~- registry :5", "pypi rich =13.0.0 registry :6"],
  ],
  [
    "Gemfile",
    "source 'x'\ngem 'rails', '7.1.0'\ngem \"jekyll\", '~> 4'\n",
    ["gem rails =7.1.0 registry :2", "gem jekyll ~~> 4 registry :3"],
  ],
  [
    "go.mod",
    "module m\nrequire (\n\tgithub.com/a/b v1.2.3\n)\n",
    ["go github.com/a/b =v1.2.3 registry :3"],
  ],
  [
    "Cargo.toml",
    '[dependencies]\nserde = "1"\nlog = "=0.4.1"\nmine = { git = "https://h/x" }\n[dependencies.tokio]\nversion = "1.2"\n',
    [
      "cargo serde ~1 registry :2",
      "cargo log =0.4.1 registry :3",
      "cargo mine ~- git :4",
      "cargo tokio ~1.2 registry :6",
    ],
  ],
  [
    "deno.json",
    '{"imports":{\n"@std/path":"jsr:@std/path@1.0.0",\n"chalk":"npm:chalk@^5"}}',
    ["other @std/path =1.0.0 registry :2", "npm chalk ~^5 registry :3"],
  ],
  ["run.ts", '\nimport chalk from "npm:chalk@5.3.0";\n', ["npm chalk =5.3.0 registry :2"]],
];

describe("a manifest", () => {
  it.each(CASES)("%s tells names, pins, sources and lines", (path, text, expected) => {
    expect(read(path, text).map(short)).toEqual(expected);
  });

  it("with a hostile shape gives what is plain in it and nothing else", () => {
    expect(read("package.json", '{"dependencies":[1,{"a":2}]}')).toEqual([]);
    expect(
      read("package.json", '{"dependencies":{"__proto__":"1.0.0","ok":"1.0.0"}}'),
    ).toHaveLength(2);
    expect(read("package.json", "[".repeat(100_000))).toEqual([]);
    expect(read("pyproject.toml", `[project]\ndependencies = ${"[".repeat(50_000)}`)).toEqual([]);
  });

  it("that is too large is a gap", () => {
    const big = fileOf("package.json", " ".repeat(5 * 1024 * 1024 + 1));
    expect(readDependencies([big], [], {}).gaps).toMatchObject([
      { file: "package.json", state: "partly" },
    ]);
  });

  it("with more dependencies than are kept is a gap", () => {
    const many = fileOf("requirements.txt", "pkg==1\n".repeat(20_001));
    const { dependencies, gaps } = readDependencies([many], [], {});
    expect(dependencies).toHaveLength(20_000);
    expect(gaps).toHaveLength(1);
  });

  it("never throws and stays quick, whatever is written in it", () => {
    const paths = CASES.map(([path]) => path);
    const words = constantFrom(
      ..."{}[]\"'=:,@#\n\\ \t".split(""),
      "dependencies",
      "[[package]]",
      "name",
      "# /// script",
      "gem",
      "require ",
      "==1.0",
      "https://",
      "packages:\n",
    );
    const text = array(
      words.chain((word) => string({ maxLength: 3 }).map((tail) => word + tail)),
      { maxLength: 60 },
    );
    assert(
      property(tuple(constantFrom(...paths), text), ([path, parts]) => {
        const file = fileOf(path, parts.join(""));
        for (const one of readDependencies([file], [], {}).dependencies)
          expect(one.name.length).toBeLessThan(300);
        readPackageHooks([file]);
      }),
      { seed: 20_261_123, numRuns: 400 },
    );
  });

  it.each(CASES.map(([path]) => path))("%s of one long line is read in linear time", (path) => {
    for (const unit of ["[", '"a":', "a@", "name = ", "'", "x ", '"', "==", "@a/b@1:", "\\\n"]) {
      const startedAt = performance.now();
      read(path, unit.repeat(300_000 / unit.length));
      expect(performance.now() - startedAt).toBeLessThan(2000);
    }
  });
});

describe("an install command", () => {
  const install = (target: string, more = {}) =>
    readDependencies([], [factOf({ op: "install", target, ...more })], {}).dependencies.map(short);

  it.each([
    ["npm:left-pad@1.2.0", ["npm left-pad =1.2.0 registry :1"]],
    ["npm:@scope/name@latest", ["npm @scope/name ~latest registry :1"]],
    ["npm:owner/repo", ["npm repo ~owner/repo git :1"]],
    [
      "pypi:requests[socks]==2.0 rich",
      ["pypi requests =2.0 registry :1", "pypi rich ~- registry :1"],
    ],
    ["pypi:ruff@0.6.1", ["pypi ruff =0.6.1 registry :1"]],
    ["pypi:git+https://github.com/o/tool@main", ["pypi tool ~- git :1"]],
    ["pypi:-r", []],
    ["npm:$PKG", []],
    ["cargo:ripgrep", ["cargo ripgrep ~- registry :1"]],
    ["go:github.com/a/b@v1.0.0", ["go github.com/a/b =v1.0.0 registry :1"]],
    ["brew:steipete/tap/x", ["brew steipete/tap/x ~- registry :1"]],
    ["nonsense", []],
  ])("%s names its packages", (target, expected) => {
    expect(install(target)).toEqual(expected);
  });

  it("from an index of somebody keeps that index", () => {
    const excerpt = "pip install --extra-index-url https://pip.corp.example/simple tool";
    expect(install("pypi:tool", { excerpt })).toEqual(["pypi tool ~- extra-index :1"]);
    expect(
      install("pypi:torch", {
        excerpt: "pip install torch --index-url https://download.pytorch.org/whl/cu121",
      }),
    ).toEqual(["pypi torch ~- registry :1"]);
  });
});

it("what the frontmatter has installed is a dependency, in YAML and in JSON", () => {
  const openclaw = {
    install: [
      { kind: "brew", formula: "jq" },
      { kind: "node", package: "clawhub@1.0.0" },
      { kind: "download", url: "https://h.example/a/tool.zip" },
      "nonsense",
    ],
  };
  const expected = [
    "brew jq ~- registry :1",
    "npm clawhub =1.0.0 registry :1",
    "other tool.zip ~- url :1",
  ];
  const asText = JSON.stringify({ openclaw });
  for (const metadata of [{ openclaw }, asText])
    expect(readDependencies([], [], { metadata }).dependencies.map(short)).toEqual(expected);
});

it("hooks are the scripts that npm and pip run by themselves, and no others", () => {
  const json = '{"scripts":{\n"test":"vitest",\n"postinstall":"node x.js",\n"build":"tsc"}}';
  expect(readPackageHooks([fileOf("a/package.json", json)])).toEqual([
    { name: "postinstall", command: "node x.js", at: { file: "a/package.json", line: 3, via: [] } },
  ]);
  expect(readPackageHooks([fileOf("setup.py", "setup(\n cmdclass={'install': X})")])).toMatchObject(
    [{ name: "cmdclass" }],
  );
});
