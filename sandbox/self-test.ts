import { DEFAULT_LIMITS } from "./limits.ts";
import type { Pool } from "./pool.ts";
import { runInside } from "./run.ts";

/** Each line: what was tried, a tab, and `held` or what happened instead. */
const PROBE = `
import ctypes, errno, os, platform, signal, socket, time
libc = ctypes.CDLL(None, use_errno=True)
def tell(what, held, got): print(what + "\\t" + ("held" if held else str(got).replace("\\n", " ")[:200]), flush=True)
def refused(number, *args):
    done = libc.syscall(number, *args)
    return done == -1 and ctypes.get_errno() == errno.EPERM
def writes(path):
    try:
        open(path, "wb").close()
        return "written"
    except OSError as e:
        return errno.errorcode.get(e.errno)
status = dict(l.split(":\\t", 1) for l in open("/proc/self/status").read().splitlines() if ":\\t" in l)
nets = os.listdir("/sys/class/net")
tell("no network but loopback", nets == ["lo"], nets)
tell("no capability", int(status["CapEff"], 16) == 0 and int(status["CapBnd"], 16) == 0, status["CapEff"])
tell("no new privileges", status["NoNewPrivs"] == "1", status["NoNewPrivs"])
tell("filtered system calls", status["Seccomp"] == "2", status["Seccomp"])
tell("no root", os.getuid() != 0 and os.getgid() != 0, os.getuid())
root = [l.split()[3].split(",") for l in open("/proc/mounts") if l.split()[1] == "/"]
tell("a root that cannot be written", all("ro" in one for one in root), root)
tell("a skill that cannot be written", writes("/skill/x") == "EACCES", writes("/skill/x"))
tell("no socket of the engine", not any(map(os.path.exists, ["/run/docker.sock", "/var/run/docker.sock"])), "it is there")
calls = {"x86_64": (101, 310, 272), "aarch64": (117, 270, 97)}.get(platform.machine(), (-1, -1, -1))
tell("no tracing of others", refused(calls[0], 0, 0, 0, 0), "ptrace is allowed")
tell("no reading of others", refused(calls[1], 1, 0, 0, 0, 0, 0), "process_vm_readv is allowed")
tell("no io_uring", refused(425, 1, 0), "io_uring_setup is allowed")
tell("no namespaces", refused(calls[2], 0x10000000), "unshare is allowed")
try:
    socket.create_connection(("192.0.2.1", 80), 1)
    tell("no way out", False, "connected")
except OSError as e:
    tell("no way out", e.errno == errno.ENETUNREACH, e)
made = []
got = "no limit"
try:
    for n in range(PIDS + 8):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        made.append(pid)
except OSError as e:
    got = errno.errorcode.get(e.errno)
for pid in made:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
tell("a limit of processes", got == "EAGAIN" and len(made) < PIDS, got)
got = "no limit"
try:
    with open("/work/big", "wb") as f:
        for n in range(FILE // 65536 + 8): f.write(bytes(65536)); f.flush()
except OSError as e:
    got = errno.errorcode.get(e.errno)
tell("a limit of the size of a file", got == "EFBIG", got)
got = "no limit"
try:
    for n in range(DISK // 1048576 + 8):
        with open("/work/d%d" % n, "wb") as f: f.write(bytes(1048576))
except OSError as e:
    got = errno.errorcode.get(e.errno)
tell("a limit of disk", got == "ENOSPC", got)
for name in os.listdir("/work"): os.unlink("/work/" + name)
got = "no limit"
try:
    for n in range(INODES + 8): open("/work/i%d" % n, "wb").close()
except OSError as e:
    got = errno.errorcode.get(e.errno)
tell("a limit of the number of files", got == "ENOSPC", got)
for name in os.listdir("/work"): os.unlink("/work/" + name)
before = os.times()
began = time.monotonic()
def burn():
    while time.monotonic() < began + 0.4: pass
burning = []
for n in range(BURNERS):
    pid = os.fork()
    if pid == 0:
        burn()
        os._exit(0)
    burning.append(pid)
for pid in burning: os.waitpid(pid, 0)
after = os.times()
used = after.children_user + after.children_system - before.children_user - before.children_system
share = used / (time.monotonic() - began)
tell("a limit of cores", share < CPUS * 1.6, share)
pid = os.fork()
if pid == 0:
    taken = bytearray(MEMORY + 67108864)
    os._exit(0)
ended = os.waitpid(pid, 0)[1]
tell("a limit of memory", os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGKILL, ended)
`;

/** What the probe tries, in its order: silence about one of them counts as not held. */
export const TRIED = [...PROBE.matchAll(/^ *tell\("([^"]+)"/gm)]
  .map(([, what]) => what ?? "")
  .filter((what, at, all) => all.indexOf(what) === at);

/** What of it is not held, each as a phrase with what happened instead. Pure. */
export function judgeProbe(output: string): readonly string[] {
  const told = new Map<string, string>();
  for (const line of output.split("\n")) {
    const [what = "", got = ""] = line.split("\t");
    if (TRIED.includes(what) && !told.has(what)) told.set(what, got);
  }
  return TRIED.filter((what) => told.get(what) !== "held").map(
    (what) => `${what} (${told.get(what) ?? "the probe did not say"})`,
  );
}

/** Runs the probe as a case is run and gives what is not effective; throws when the engine fails. */
export async function tryLimits(pool: Pool): Promise<readonly string[]> {
  const limits = { ...DEFAULT_LIMITS, timeoutMs: 60_000 };
  const values = [
    `PIDS=${limits.pids}`,
    `FILE=${limits.fileBytes}`,
    `DISK=${limits.diskBytes}`,
    `INODES=${limits.inodes}`,
    `MEMORY=${limits.memoryBytes}`,
    `CPUS=${limits.cpus}`,
    `BURNERS=${Math.ceil(limits.cpus * 2)}`,
  ];
  const container = await pool.take(limits, "self-test");
  try {
    const result = await runInside(container, {
      id: "self-test",
      skill: null,
      inputs: [],
      command: ["python3", "-I", "-c", `${values.join("\n")}\n${PROBE}`],
      stdin: Buffer.alloc(0),
      env: {},
      limits,
    });
    if (result.kind !== "ran") throw new Error("the probe was not run");
    const broken = judgeProbe(Buffer.from(result.stdout.bytes).toString("utf8"));
    if (broken.length === 0 || result.end === "exit") return broken;
    return [...broken, `the probe ended by ${result.end}`];
  } finally {
    pool.give(container);
  }
}
