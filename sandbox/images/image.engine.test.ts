import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../index.ts";
import { bash, expectRan, openForTest, specOf, textOf } from "../test/engine.ts";

describe("the sandbox's image", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openForTest();
  });
  afterAll(() => sandbox.close());

  it.each([
    "bash --version",
    "curl --version",
    "find --version",
    "git --version",
    "jq --version",
    "node --version | grep '^v24'",
    "ps --version",
    "python3 -c 'import venv, yaml'",
    "strace --version",
    "tar --version",
    "unzip -v",
    "zip -v",
  ])("runs for a case, with a root that cannot be written: %s", async (script) => {
    const ran = expectRan(await sandbox.run(specOf(bash(`set -o pipefail; ${script}`))));
    expect([ran.exitCode, textOf(ran.stderr)]).toEqual([0, ""]);
  });

  it("has no file that makes anybody somebody else", async () => {
    const script = "find / -xdev -type f -perm /6000 2>/dev/null; id -u";
    const ran = expectRan(await sandbox.run(specOf(bash(script))));
    expect(textOf(ran.stdout)).toBe("10001\n");
  });
});
