import { describe, expect, it } from "vitest";
import { toMessageBlock } from "./message-block.ts";
import { parseGitPath } from "./parse-git-path.ts";
import { createPushHeadReader } from "./push-head.ts";
import { createSlots } from "./slots.ts";

describe("parseGitPath", () => {
  it.each([
    ["/acme.git/info/refs", "?service=git-upload-pack", "acme.git info-refs git-upload-pack"],
    ["/acme.git/info/refs", "service=git-receive-pack", "acme.git info-refs git-receive-pack"],
    ["/acme.git/git-upload-pack", "", "acme.git upload-pack git-upload-pack"],
    ["/control.git/git-receive-pack", "", "control.git receive-pack git-receive-pack"],
    ["/s/team/skill.git/git-upload-pack", "", "s/team/skill.git upload-pack git-upload-pack"],
    ["/a.b_c-1.git/git-upload-pack", "?", "a.b_c-1.git upload-pack git-upload-pack"],
  ])("reads %s%s", (path, query, expected) => {
    const route = parseGitPath(path, query);
    expect(route && `${route.repo} ${route.action} ${route.service}`).toBe(expected);
  });

  it.each([
    ["/acme.git/info/refs", ""],
    ["/acme.git/info/refs", "?service=git-upload-archive"],
    ["/acme.git/info/refs", "?service=git-upload-pack&x=1"],
    ["/acme.git/info/refs", "?service=git-upload-pack\n"],
    ["/acme.git/git-upload-pack", "?service=git-upload-pack"],
    ["/acme.git/git-upload-pack/", ""],
    ["/acme.git/git-upload-pack\n", ""],
    ["/acme.git/git-upload-archive", ""],
    ["/acme.git/HEAD", ""],
    ["/acme.git/objects/info/packs", ""],
    ["/acme.git/objects/00/0000", ""],
    ["/acme/git-upload-pack", ""],
    ["/.git/git-upload-pack", ""],
    ["/-x.git/git-upload-pack", ""],
    ["/../acme.git/git-upload-pack", ""],
    ["/a..git/git-upload-pack", ""],
    ["/a/../b.git/git-upload-pack", ""],
    ["/s/../b.git/git-upload-pack", ""],
    ["/s/team/a/b.git/git-upload-pack", ""],
    ["/t/team/b.git/git-upload-pack", ""],
    ["/s//b.git/git-upload-pack", ""],
    ["//acme.git/git-upload-pack", ""],
    ["/%61cme.git/git-upload-pack", ""],
    ["/acme%2f.git/git-upload-pack", ""],
    ["/acme\0.git/git-upload-pack", ""],
    ["/ACME.git/git-upload-pack", ""],
    [`/${"a".repeat(101)}.git/git-upload-pack`, ""],
    ["acme.git/git-upload-pack", ""],
  ])("knows nothing at %j %j", (path, query) => {
    expect(parseGitPath(path, query)).toBeNull();
  });
});

describe("toMessageBlock", () => {
  it("wraps sentences at spaces, keeps indented commands whole and drops what a terminal would obey", () => {
    const long = `${"word ".repeat(30)}end`;
    const command = `  git tag -s ${"x".repeat(100)}`;
    const lines = toMessageBlock(`${long}\n${command}\nA\u001b[2J\u0000\u200b\u2066B\r\n\n`);
    expect(lines.slice(0, -2).every((line) => line.length <= 76)).toBe(true);
    expect(lines.slice(0, -2).join(" ")).toBe(long);
    expect(lines.slice(-2)).toEqual([command, "A[2JB"]);
  });

  it("is bounded", () => {
    expect(toMessageBlock("x\n".repeat(1_000_000)).length).toBe(200);
  });
});

describe("createPushHeadReader", () => {
  it("counts pkt-lines up to the flush however they are cut, and nothing after it", () => {
    const body = Buffer.from("0008aaaa000bbbbbbbb00000008cccc");
    for (const size of [1, 2, 3, 5, 7, 100]) {
      const head = createPushHeadReader();
      let read = { lines: 0, sizeBytes: 0 };
      for (let at = 0; at < body.length; at += size) read = head.read(body.subarray(at, at + size));
      expect(read).toEqual({ lines: 2, sizeBytes: 23 });
    }
  });
});

describe("createSlots", () => {
  it("lets in so many at once, queues so many more and turns the rest away", async () => {
    const slots = createSlots(1, 1, 10_000);
    const first = await slots.take();
    const second = slots.take();
    expect(await slots.take()).toBeUndefined();
    first?.();
    first?.();
    const given = await second;
    expect(given).toBeDefined();
    const third = slots.take();
    given?.();
    expect(await third).toBeDefined();
  });

  it("leaves places for others however many one peer asks for", async () => {
    const slots = createSlots(4, 10, 10_000, 2);
    const [first] = [await slots.take("greedy"), await slots.take("greedy")];
    const third = slots.take("greedy");
    expect(await slots.take("other")).toBeDefined();
    expect(await slots.take("other")).toBeDefined();
    const late = slots.take("late");
    first?.();
    expect(await third).toBeDefined();
    for (let n = 0; n < 5; n++) void slots.take("greedy");
    expect(await slots.take("greedy")).toBeUndefined();
    (await third)?.();
    expect(await late).toBeDefined();
  });

  it("gives up waiting in time and loses no place by it", async () => {
    const slots = createSlots(1, 5, 10);
    const first = await slots.take();
    expect(await slots.take()).toBeUndefined();
    first?.();
    expect(await slots.take()).toBeDefined();
  });
});
