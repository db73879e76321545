import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTrace } from "./parse-trace.ts";

const trace = (...lines: readonly string[]) => parseTrace(`${lines.join("\n")}\n`, false);

describe("a trace", () => {
  it.each([
    [
      "an opened file by where it really lies",
      '17    openat(AT_FDCWD</work>, "../home/.aws/credentials", O_RDONLY) = 3</home/.aws/credentials>',
      { reads: ["/home/.aws/credentials"], writes: [] },
    ],
    [
      "a file that is appended to",
      '17    openat(AT_FDCWD</work>, "/home/.bashrc", O_WRONLY|O_CREAT|O_APPEND, 0666) = 3</home/.bashrc>',
      { reads: [], writes: ["/home/.bashrc"] },
    ],
    [
      "nothing where the file was not there",
      '17    openat(AT_FDCWD</work>, "/home/.kube/config", O_RDONLY) = -1 ENOENT (No such file or directory)',
      { reads: [], writes: [] },
    ],
    [
      "both names of a rename, from the folder before each",
      '21    renameat2(AT_FDCWD</home>, "a", 5</etc/x>, "b", RENAME_NOREPLACE) = 0',
      { writes: ["/home/a", "/etc/x/b"] },
    ],
    [
      "a link by its own name, not by what it points to",
      '21    symlinkat("/etc/passwd", AT_FDCWD</work>, "here") = 0',
      { writes: ["/work/here"] },
    ],
    [
      "a connection that is refused or waits",
      '24    connect(3<TCP:[333558]>, {sa_family=AF_INET, sin_port=htons(7777), sin_addr=inet_addr("203.0.113.9")}, 16) = -1 EINPROGRESS (Operation now in progress)',
      { tried: [{ address: "203.0.113.9", port: 7777, protocol: "tcp" }] },
    ],
    [
      "a connection over IPv6",
      '24    connect(3<TCPv6:[333560]>, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 EADDRNOTAVAIL (Cannot assign requested address)',
      { tried: [{ address: "2001:db8::1", port: 443, protocol: "tcp" }] },
    ],
    [
      "a datagram",
      '24    sendto(3<UDP:[333564]>, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("203.0.113.10")}, 16) = 1',
      { tried: [{ address: "203.0.113.10", port: 9, protocol: "udp" }] },
    ],
    [
      "no asking for names and no talk with itself",
      '20    connect(7<UDP:[333131]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("198.18.0.1")}, 16) = 0\n20    connect(7<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      { tried: [] },
    ],
    [
      "a program with its arguments, quotes and all",
      '19    execve("/usr/bin/curl", ["curl", "-d", "a \\"b\\", (c)\\n\\303\\251"], 0x55edde1402f0 /* 8 vars */) = 0',
      { programs: [{ argv: ["curl", "-d", 'a "b", (c)\né'] }] },
    ],
  ])("tells %s", (_what, line, expected) => {
    expect(trace(line)).toMatchObject(expected);
  });

  it("puts a call together that another process interrupted", () => {
    const seen = trace(
      '17    openat(AT_FDCWD</work>, "/etc/shadow", O_RDONLY <unfinished ...>',
      "18    +++ exited with 0 +++",
      "17    <... openat resumed>)             = 3</etc/shadow>",
    );
    expect(seen.reads).toEqual(["/etc/shadow"]);
  });

  it("is whole only when the first process ends in it and nothing was left out", () => {
    const lines = ['17    execve("/bin/true", ["true"], 0x1 /* 1 var */) = 0'];
    expect(parseTrace("", false).state).toBe("missing");
    expect(trace(...lines).state).toBe("cut");
    expect(trace(...lines, "18    +++ exited with 0 +++").state).toBe("cut");
    expect(trace(...lines, "17    +++ killed by SIGKILL +++").state).toBe("whole");
    expect(parseTrace(`${lines[0]}\n17    +++ exited with 0 +++\n`, true).state).toBe("cut");
  });

  it("of any text is read without failing", () => {
    const piece = fc.constantFrom(
      "17 ",
      "openat(",
      '"',
      "\\",
      "<",
      ">",
      ")",
      " = 3</x>",
      "\n",
      "[",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (parts) => {
        expect(parseTrace(parts.join(""), true).state).not.toBe("whole");
      }),
    );
  });

  it("that is long is read in time in proportion to it", () => {
    const line = `17 open(${'"<(['.repeat(5_000)}`;
    const startedMs = performance.now();
    parseTrace(`${line}\n`.repeat(200), false);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});
