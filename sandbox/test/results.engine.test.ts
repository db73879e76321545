import { afterAll, beforeAll, expect, it } from "vitest";
import { pack } from "tar-stream";
import { describeWith } from "../../registry-app/test/needs.ts";
import { DEFAULT_LIMITS, type Sandbox } from "../index.ts";
import { bash, expectRan, listContainers, openForTest, specOf, textOf } from "./engine.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openForTest();
}, 600_000);
afterAll(() => sandbox.close());

async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files))
    archive.entry({ name, mode: 0o755 }, text, () => undefined);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const input = (path: string, text: string) => ({
  path,
  content: Buffer.from(text),
  isExecutable: false,
});

describeWith("docker")("a run", () => {
  it("gets its skill, its files, its input and its variables, and gives back what it wrote", async () => {
    const skill = await tarOf({ "scripts/add.sh": "#!/bin/sh\necho $((WEIGHT + $(cat)))\n" });
    const command = bash("cat notes/a.txt; sh $SKILL_DIR/scripts/add.sh | tee sum.txt; exit 3");
    const ran = expectRan(
      await sandbox.run(
        specOf(command, {
          skill,
          inputs: [input("notes/a.txt", "first\n")],
          stdin: Buffer.from("40"),
          env: { WEIGHT: "2" },
        }),
      ),
    );
    expect([ran.end, ran.exitCode, textOf(ran.stdout)]).toEqual(["exit", 3, "first\n42\n"]);
    const sum = ran.files.find(({ path }) => path === "sum.txt");
    expect(Buffer.from(sum?.content ?? []).toString()).toBe("42\n");
    expect(ran.peakMemoryBytes).toBeGreaterThan(0);
  });

  it("cannot change its skill, not even by owning the folder", async () => {
    const skill = await tarOf({ "SKILL.md": "the words that were judged" });
    const script =
      "echo forged > /skill/SKILL.md; rm -f /skill/SKILL.md; mv /skill/SKILL.md /work; chmod -R 777 /skill; cat /skill/SKILL.md";
    const ran = expectRan(await sandbox.run(specOf(bash(script), { skill })));
    expect(textOf(ran.stdout)).toBe("the words that were judged");
  });

  it("cannot leave its folder by links: they are named, and what they lead to stays there", async () => {
    const script =
      "ln -s /etc/passwd a; ln -s ../../../../etc/shadow b; ln /etc/passwd c 2>/dev/null; mkfifo d; echo x > e; ln e f";
    const ran = expectRan(await sandbox.run(specOf(bash(script))));
    const seen = Object.fromEntries(
      ran.files.map(({ path, kind, target, content }) => [path, [kind, target, content?.length]]),
    );
    expect(seen["a"]).toEqual(["link", "/etc/passwd", undefined]);
    expect(seen["b"]).toEqual(["link", "../../../../etc/shadow", undefined]);
    expect(seen["c"]).toBeUndefined();
    expect(seen["d"]).toEqual(["other", null, undefined]);
  });

  it("gives names and output as they are, hostile bytes and all, and mixes up nothing", async () => {
    const script = `touch -- $'line\\nbreak' $'\\e[2Jcleared' '-rf' $'tab\\there'; printf '\\001\\000\\000\\000\\000\\000\\000\\005{"kind":"ran"}\\e]0;title\\a'; printf 'err' >&2`;
    const ran = expectRan(await sandbox.run(specOf(bash(script))));
    expect(ran.files.map(({ path }) => path).toSorted()).toEqual(
      ["line\nbreak", "\u001B[2Jcleared", "-rf", "tab\there"].toSorted(),
    );
    expect(textOf(ran.stdout)).toBe('\u0001\0\0\0\0\0\0\u0005{"kind":"ran"}\u001B]0;title\u0007');
    expect([textOf(ran.stderr), ran.exitCode]).toEqual(["err", 0]);
  });

  it("that says it has passed has not: only how it ended counts", async () => {
    const script = `echo '{"kind":"ran","end":"exit","exitCode":0}' > result.json; echo 4096 > /sys/fs/cgroup/x 2>/dev/null; exec bash -c 'exit 7'`;
    const ran = expectRan(await sandbox.run(specOf(bash(script))));
    expect([ran.end, ran.exitCode]).toEqual(["exit", 7]);
  });

  it("never finds anything of the run before it", async () => {
    const first = specOf(
      bash("echo secret > /work/x; echo secret > /tmp/x; echo secret > /home/x; echo done"),
    );
    expect(textOf(expectRan(await sandbox.run(first)).stdout)).toBe("done\n");
    const second = specOf(bash("cat /work/x /tmp/x /home/x 2>/dev/null | wc -c"));
    expect(textOf(expectRan(await sandbox.run(second)).stdout).trim()).toBe("0");
  });

  it("that is no longer wanted ends soon and gives no verdict", async () => {
    const wanted = new AbortController();
    const startedMs = performance.now();
    const running = sandbox.run(specOf(["sleep", "60"], { signal: wanted.signal }));
    setTimeout(() => wanted.abort(), 300);
    expect((await running).kind).toBe("cancelled");
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });

  it("may be given less of the machine, and then has less", async () => {
    const limits = { ...DEFAULT_LIMITS, memoryBytes: 64 * 1024 * 1024, pids: 20 };
    const command = ["python3", "-c", "x=bytearray(100<<20)"];
    expect(expectRan(await sandbox.run(specOf(command, { limits }))).end).toBe("oom");
  });

  it("leaves no container behind, however many there were", async () => {
    const many = Array.from({ length: 8 }, (_, n) =>
      sandbox.run(specOf(bash(`exit ${n}`), { id: "left-behind" })),
    );
    const codes = (await Promise.all(many)).map((one) => expectRan(one).exitCode);
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (let tries = 0; tries < 100 && (await listContainers("left-behind")).length > 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await listContainers("left-behind")).toEqual([]);
  });
});

describeWith("docker")("a session", () => {
  it("keeps its files between commands, and is gone when it is closed", async () => {
    const opened = await sandbox.openSession({
      id: "session",
      skill: null,
      inputs: [input("a.txt", "1\n")],
      limits: DEFAULT_LIMITS,
    });
    if ("kind" in opened) throw new Error(opened.because);
    const say = async (script: string, timeoutMs = 5_000) =>
      expectRan(
        await opened.run({ command: bash(script), stdin: Buffer.alloc(0), env: {}, timeoutMs }),
      );
    expect(textOf((await say("cat a.txt; echo 2 >> a.txt")).stdout)).toBe("1\n");
    expect(textOf((await say("cat a.txt")).stdout)).toBe("1\n2\n");
    expect((await say("sleep 60", 500)).end).toBe("timeout");
    expect(textOf((await say("echo still here")).stdout)).toBe("still here\n");
    expect((await opened.collect()).map(({ path }) => path)).toEqual(["a.txt"]);
    await opened.close();
  });
});
