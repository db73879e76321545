import { loadavg } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../registry-app/test/needs.ts";
import { DEFAULT_LIMITS, type Sandbox } from "../index.ts";
import { bash, expectRan, openForTest, python, specOf, textOf, type Ran } from "./engine.ts";

const SHORT = { ...DEFAULT_LIMITS, timeoutMs: 3_000 };
const MIB = 1024 * 1024;
let sandbox: Sandbox;

type Attack = {
  readonly what: string;
  readonly command: readonly string[];
  readonly timeoutMs?: number;
  readonly holds: (ran: Ran, tookMs: number) => void;
};

const said = (ran: Ran) => `${textOf(ran.stdout)}${textOf(ran.stderr)}`;
const endsBy = (end: Ran["end"], withinMs: number) => (ran: Ran, tookMs: number) => {
  expect(ran.end).toBe(end);
  expect(tookMs).toBeLessThan(withinMs);
};
const says = (text: string | RegExp) => (ran: Ran) => expect(said(ran)).toMatch(text);
const LIBC = "import ctypes,errno;l=ctypes.CDLL(None,use_errno=True);";
/** Asks the kernel by number and prints what it answered. */
const ask = (call: string) =>
  python(
    `${LIBC}r=l.syscall(${call});print('allowed' if r>=0 else errno.errorcode[ctypes.get_errno()])`,
  );
const connectTo = (address: string, port: number, family = "AF_INET") =>
  python(
    `import socket,errno\ntry:\n s=socket.socket(socket.${family});s.settimeout(2);s.connect(('${address}',${port}));print('connected')\nexcept OSError as e: print(errno.errorcode.get(e.errno, e))`,
  );

const TIME: readonly Attack[] = [
  { what: "sleeps for ever", command: ["sleep", "inf"], holds: endsBy("timeout", 6_000) },
  {
    what: "ignores being asked to end",
    command: bash("trap '' TERM INT HUP; while :; do sleep 1; done"),
    holds: (ran, tookMs) => {
      endsBy("timeout", 6_000)(ran, tookMs);
      expect(ran.exitCode).toBeNull();
    },
  },
  {
    what: "forks without end",
    command: bash(":(){ :|:& };: ; wait"),
    holds: (ran, tookMs) => {
      expect(["timeout", "exit", "signal"]).toContain(ran.end);
      expect(tookMs).toBeLessThan(12_000);
    },
  },
  {
    what: "starts 500 threads",
    command: python(
      "import threading,time\nn=0\ntry:\n for i in range(500): threading.Thread(target=time.sleep,args=(30,),daemon=True).start(); n+=1\nexcept RuntimeError: pass\nprint('threads',n,flush=True)\nimport os; os._exit(0)",
    ),
    holds: (ran) => {
      const started = Number(/threads (\d+)/.exec(said(ran))?.[1]);
      expect(started).toBeLessThan(DEFAULT_LIMITS.pids);
    },
  },
  {
    what: "leaves a process behind that goes on",
    command: bash(
      "setsid nohup bash -c 'while :; do date >> /work/alive; sleep 0.05; done' >/dev/null 2>&1 & echo gone",
    ),
    holds: (ran, tookMs) => {
      expect([ran.end, textOf(ran.stdout)]).toEqual(["exit", "gone\n"]);
      expect(tookMs).toBeLessThan(6_000);
    },
  },
  {
    what: "holds its output open after it has ended",
    command: bash("sleep 600 & echo done"),
    holds: (ran, tookMs) => {
      expect(textOf(ran.stdout)).toBe("done\n");
      expect(tookMs).toBeLessThan(7_000);
    },
  },
  { what: "stops itself", command: bash("kill -STOP $$"), holds: endsBy("timeout", 8_000) },
  {
    what: "takes the highest priority",
    command: bash("renice -n -19 $$ 2>&1; nice"),
    holds: says(/denied|permitted/i),
  },
];

const SPACE: readonly Attack[] = [
  {
    what: "takes all memory",
    command: python("x=bytearray(8<<30)\nfor i in range(0,len(x),4096): x[i]=1"),
    holds: (ran) => expect(ran.end === "oom" || /MemoryError/.test(said(ran))).toBe(true),
  },
  {
    what: "takes all memory in a child and goes on",
    command: bash("python3 -c 'x=bytearray(600<<20)'; echo child $?"),
    holds: (ran) => {
      expect([ran.end, textOf(ran.stdout)]).toEqual(["exit", "child 137\n"]);
      expect(ran.oomKills).toBeGreaterThan(0);
    },
  },
  {
    what: "fills the disk",
    command: bash(
      "for i in 1 2 3 4 5; do head -c 30000000 /dev/zero > f$i || true; done; df --output=used -B1 /work | tail -1",
    ),
    holds: (ran) => {
      expect(said(ran)).toMatch(/No space left/);
      expect(Number(textOf(ran.stdout).trim())).toBeLessThanOrEqual(DEFAULT_LIMITS.diskBytes);
    },
  },
  {
    what: "writes one huge file",
    command: bash("head -c 60000000 /dev/zero > big; echo $?"),
    holds: (ran) =>
      expect(ran.files.find(({ path }) => path === "big")?.sizeBytes).toBeLessThanOrEqual(
        DEFAULT_LIMITS.fileBytes,
      ),
  },
  {
    what: "makes 100,000 files",
    command: python(
      "import os\nn=0\ntry:\n for i in range(100000): open('f%d'%i,'w').close(); n+=1\nexcept OSError as e: print(n, e.strerror)",
    ),
    timeoutMs: 20_000,
    holds: (ran) => {
      expect(said(ran)).toMatch(/^[34]\d{3} No space left/);
      expect(ran.files.length).toBeLessThanOrEqual(DEFAULT_LIMITS.artifacts);
      expect(ran.notes.join()).toMatch(/files were left/);
    },
  },
  {
    what: "makes folders in folders without end",
    command: python(
      "import os\nn=0\ntry:\n while True: os.mkdir('d'); os.chdir('d'); n+=1\nexcept OSError as e: print(n)",
    ),
    timeoutMs: 20_000,
    holds: (ran) => expect(ran.files.length).toBeLessThanOrEqual(DEFAULT_LIMITS.artifacts),
  },
  {
    what: "writes 1 GB of output",
    command: bash("head -c 1000000000 /dev/zero"),
    timeoutMs: 20_000,
    holds: (ran) => {
      expect(ran.end).toBe("output-limit");
      expect([ran.stdout.bytes.length, ran.stdout.isTruncated]).toEqual([
        DEFAULT_LIMITS.keptOutputBytes,
        true,
      ]);
    },
  },
  {
    what: "leaves more than is taken out",
    command: bash("head -c 20000000 /dev/urandom > a; head -c 20000000 /dev/urandom > b"),
    timeoutMs: 20_000,
    holds: (ran) => {
      const taken = ran.files.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
      expect(taken).toBeLessThanOrEqual(DEFAULT_LIMITS.artifactBytes + MIB);
      expect(ran.notes.join()).toMatch(/stayed behind/);
    },
  },
  {
    what: "holds memory in a file that is deleted",
    command: python(
      "import os\nf=os.memfd_create('x')\ntry:\n for i in range(1024): os.write(f,bytes(1<<20))\n print('all')\nexcept OSError as e: print(e.strerror)",
    ),
    timeoutMs: 20_000,
    holds: (ran) => expect(textOf(ran.stdout)).not.toContain("all"),
  },
];

const ESCAPES: readonly Attack[] = [
  { what: "traces another process", command: ask("101, 16, 1, 0, 0"), holds: says("EPERM") },
  {
    what: "reads another process' memory",
    command: ask("310, 1, 0, 0, 0, 0, 0"),
    holds: says("EPERM"),
  },
  { what: "opens an io_uring", command: ask("425, 8, 0"), holds: says("EPERM") },
  { what: "makes namespaces of its own", command: ask("272, 0x10020000"), holds: says("EPERM") },
  {
    what: "clones into namespaces",
    command: ask("56, 0x10000011, 0, 0, 0, 0"),
    holds: says("EPERM"),
  },
  { what: "joins another namespace", command: ask("308, 0, 0"), holds: says("EPERM") },
  { what: "mounts", command: ask("165, b'none', b'/work', b'tmpfs', 0, 0"), holds: says("EPERM") },
  { what: "makes a device", command: bash("mknod disk b 8 0 2>&1"), holds: says(/not permitted/) },
  { what: "loads a program into the kernel", command: ask("321, 5, 0, 0"), holds: says("EPERM") },
  { what: "handles page faults of others", command: ask("323, 0"), holds: says("EPERM") },
  { what: "measures the machine", command: ask("298, 0, 0, -1, -1, 0"), holds: says("EPERM") },
  { what: "reads the kernel's log", command: ask("103, 3, 0, 0"), holds: says("EPERM") },
  { what: "keeps keys in the kernel", command: ask("250, 0, 0, 0, 0, 0"), holds: says("EPERM") },
  { what: "opens a file by its handle", command: ask("304, 0, 0, 0"), holds: says("EPERM") },
  { what: "sets the clock", command: ask("227, 0, 0"), holds: says("EPERM") },
  { what: "speaks to the hypervisor", command: ask("41, 40, 1, 0"), holds: says("EPERM") },
  {
    what: "becomes root",
    command: bash(
      "find / -xdev -perm /6000 -type f 2>/dev/null | wc -l; python3 -c 'import os; os.setuid(0)' 2>&1 | tail -1",
    ),
    holds: says(/^0\n.*(not permitted|PermissionError)/),
  },
  {
    what: "kills everything",
    command: bash("kill -9 -1; echo still here"),
    holds: (ran) => expect(ran.kind).toBe("ran"),
  },
  {
    what: "kills the first process",
    command: bash("kill -9 1; echo $?; sleep 0.2; echo alive"),
    holds: says("alive"),
  },
  {
    what: "writes where the programs are",
    command: bash(
      "for f in /x /etc/x /usr/bin/x /skill/x /proc/sys/kernel/core_pattern /sys/fs/cgroup/x; do (echo x > $f) 2>/dev/null && echo wrote $f; done; echo tried",
    ),
    holds: (ran) => expect(textOf(ran.stdout)).toBe("tried\n"),
  },
  {
    what: "runs a program from /tmp",
    command: bash("cp /bin/true /tmp/t && /tmp/t; echo $?"),
    holds: says("126"),
  },
  {
    what: "looks for the engine",
    command: bash("ls /run/docker.sock /var/run/docker.sock 2>&1"),
    holds: says(/No such file[^]*No such file/),
  },
  {
    what: "looks at what the host has in its environment",
    command: bash("env -0 | tr '\\0' '\\n' | cut -d= -f1 | sort | tr '\\n' ' '"),
    holds: (ran) =>
      expect(
        textOf(ran.stdout)
          .trim()
          .split(" ")
          .filter((name) => !["_", "PWD", "SHLVL", "OLDPWD", "HOSTNAME"].includes(name)),
      ).toEqual(["HOME", "LANG", "PATH", "SKILL_DIR"]),
  },
  {
    what: "looks at what others run",
    command: bash("ls -d /proc/[0-9]* | wc -l"),
    holds: (ran) => expect(Number(textOf(ran.stdout))).toBeLessThan(12),
  },
  {
    what: "reads memory of the kernel",
    command: bash("head -c 1 /proc/kcore 2>&1; head -c1 /dev/mem 2>&1; ls /dev"),
    holds: (ran) => expect(textOf(ran.stdout)).not.toMatch(/\b(?:sd|vd|nvme|kvm|fuse|mem)\w*\n/),
  },
];

const NETWORK: readonly Attack[] = [
  {
    what: "asks for metadata of the machine",
    command: connectTo("169.254.169.254", 80),
    holds: says("ENETUNREACH"),
  },
  {
    what: "reaches the gateway of the engine",
    command: connectTo("172.17.0.1", 2375),
    holds: says("ENETUNREACH"),
  },
  {
    what: "reaches the internet",
    command: connectTo("192.0.2.1", 443),
    holds: says("ENETUNREACH"),
  },
  {
    what: "reaches it by IPv6",
    command: connectTo("2001:db8::1", 443, "AF_INET6"),
    holds: says(/ENETUNREACH|EADDRNOTAVAIL/),
  },
  {
    what: "asks for a name",
    command: python(
      "import socket\ntry: print(socket.getaddrinfo('example.com',80))\nexcept OSError as e: print('no', e)",
    ),
    holds: says(/^no /),
  },
  {
    what: "reaches the database of the host",
    command: connectTo("127.0.0.1", 5432),
    holds: says("ECONNREFUSED"),
  },
];

beforeAll(async () => {
  sandbox = await openForTest();
}, 600_000);
afterAll(() => sandbox.close());

const attack = async ({ command, timeoutMs, holds }: Attack) => {
  expect.hasAssertions();
  const limits = timeoutMs === undefined ? SHORT : { ...SHORT, timeoutMs };
  const startedMs = performance.now();
  const ran = expectRan(await sandbox.run(specOf(command, { limits, id: "abuse" })));
  holds(ran, performance.now() - startedMs);
};

describeWith("docker")("a case that", () => {
  // What must hold stands in each row.
  // oxlint-disable vitest/expect-expect
  it.each(TIME)("$what is ended in time", attack);
  it.each(SPACE)("$what gets no more than its share", attack);
  it.each(ESCAPES)("$what is refused", attack);
  it.each(NETWORK)("$what does not get there", attack);
  // oxlint-enable vitest/expect-expect

  it("all together leave the host as it was: its load is bounded", () => {
    // Two cores and one case at a time: whatever they tried was theirs to pay.
    expect(loadavg()[0]).toBeLessThan(40);
  });
});
