import { describe, expect, it } from "vitest";
import { parseUsage } from "./usage.ts";
import { DEFAULT_LIMITS, keyOf, toContainer } from "./limits.ts";
import { createCapture } from "./output.ts";
import { isOwnerGone, nameOwner } from "./reap.ts";
import { seccompProfile } from "./seccomp.ts";
import { judgeProbe, TRIED } from "./self-test.ts";

const whole = TRIED.map((what) => `${what}\theld`);

describe("an engine", () => {
  it("is used when the probe found each limit held", () => {
    expect(TRIED.length).toBeGreaterThan(15);
    expect(judgeProbe(whole.join("\n"))).toEqual([]);
  });

  it.each(TRIED)("is not used without: %s", (what) => {
    const without = whole.filter((line) => !line.startsWith(`${what}\t`));
    expect(judgeProbe(without.join("\n"))).toEqual([`${what} (the probe did not say)`]);
    const other = whole.map((line) => (line.startsWith(`${what}\t`) ? `${what}\tallowed` : line));
    expect(judgeProbe(other.join("\n"))).toEqual([`${what} (allowed)`]);
  });

  it("is not used when something is said twice, first badly and then well", () => {
    const [first = ""] = TRIED;
    expect(judgeProbe([`${first}\tbroken`, ...whole].join("\n"))).toEqual([`${first} (broken)`]);
  });
});

describe("a container", () => {
  const wish = {
    image: "i",
    limits: DEFAULT_LIMITS,
    seccomp: "{}",
    owner: "o",
    run: "r",
    deadline: new Date(0),
  };

  it("has nothing of the host: no mount, no network, no capability, no log on its disk", () => {
    const { HostConfig, NetworkDisabled } = toContainer(wish);
    expect(Object.keys(HostConfig)).not.toContain("Binds");
    expect(Object.keys(HostConfig)).not.toContain("Mounts");
    expect([NetworkDisabled, HostConfig.NetworkMode, HostConfig.CapDrop]).toEqual([
      true,
      "none",
      ["ALL"],
    ]);
    expect(HostConfig.MemorySwap).toBe(HostConfig.Memory);
    expect(HostConfig.LogConfig.Type).toBe("none");
  });

  it("is kept for others of the same limits only, whatever differs outside of it", () => {
    expect(keyOf({ ...DEFAULT_LIMITS, timeoutMs: 1, outputBytes: 1 })).toBe(keyOf(DEFAULT_LIMITS));
    expect(keyOf({ ...DEFAULT_LIMITS, memoryBytes: 1 })).not.toBe(keyOf(DEFAULT_LIMITS));
  });
});

describe("the list of system calls", () => {
  const names = (profile: string) =>
    (JSON.parse(profile) as { syscalls: { names: string[]; action: string }[] }).syscalls
      .filter(({ action }) => action === "SCMP_ACT_ALLOW")
      .flatMap((one) => one.names);

  it.each([
    "ptrace",
    "process_vm_readv",
    "io_uring_setup",
    "unshare",
    "setns",
    "mount",
    "bpf",
    "keyctl",
    "clone3",
  ])("does not have %s", (name) => expect(names(seccompProfile())).not.toContain(name));

  it("has tracing only where a skill is observed", () => {
    expect(names(seccompProfile({ mayTrace: true }))).toContain("ptrace");
  });

  it("has nothing twice but what depends on its arguments", () => {
    const plain = names(seccompProfile()).filter(
      (name) => !["socket", "personality"].includes(name),
    );
    expect(plain.length).toBe(new Set(plain).size);
  });
});

describe("what was used", () => {
  it.each([
    [
      "cgroup v1",
      "1048576\n2500000000\noom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
      { peakMemoryBytes: 1_048_576, cpuMs: 2_500, oomKills: 2 },
    ],
    [
      "cgroup v2",
      "1048576\nusage_usec 2500000\nuser_usec 1\nlow 0\noom 3\noom_kill 2\n",
      { peakMemoryBytes: 1_048_576, cpuMs: 2_500, oomKills: 2 },
    ],
    [
      "cgroup v2 of a kernel that keeps no peak",
      "usage_usec 2500000\noom_kill 0\n",
      { peakMemoryBytes: null, cpuMs: 2_500, oomKills: 0 },
    ],
    ["neither", "max\n", { peakMemoryBytes: null, cpuMs: null, oomKills: 0 }],
  ])("is read from %s", (_, text, usage) => {
    expect(parseUsage(text)).toEqual(usage);
  });
});

describe("output", () => {
  it("is kept from its beginning and counted to its end", () => {
    const capture = createCapture(5);
    for (const piece of ["abc", "def", "ghi"]) capture.push(Buffer.from(piece));
    const { bytes, ...rest } = capture.take();
    expect([Buffer.from(bytes).toString(), rest]).toEqual([
      "abcde",
      { totalBytes: 9, isTruncated: true },
    ]);
  });
});

describe("an owner", () => {
  it("is this process as long as it lives", () => {
    expect(isOwnerGone(nameOwner())).toBe(false);
  });

  it("is gone when another process has its number, or none", () => {
    const [host = "", pid = ""] = nameOwner().split(":");
    expect(isOwnerGone(`${host}:${pid}:1`)).toBe(true);
    expect(isOwnerGone(`${host}:4194303:1`)).toBe(true);
  });

  it("on another machine is left to its deadline", () => {
    expect(isOwnerGone("elsewhere:1:1")).toBe(false);
  });
});
