import { posix } from "node:path";
import { listOf, noteOf, readCall, textOf, type Call } from "./trace-line.ts";

type Tried = {
  readonly address: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
};

export type Traced = {
  /** Files that were opened for reading, where they really lie. */
  readonly reads: readonly string[];
  /** Files and names that were made, changed or taken away. */
  readonly writes: readonly string[];
  readonly tried: readonly Tried[];
  readonly programs: readonly { readonly argv: readonly string[] }[];
  readonly state: "whole" | "cut" | "missing";
};

/** What is traced: what opens, names, runs and speaks. */
export const TRACED =
  `execve execveat connect sendto sendmsg open openat openat2 creat truncate rename renameat renameat2
  link linkat symlink symlinkat unlink unlinkat mkdir mkdirat`
    .split(/\s+/)
    .join(",");

const MAX_LINE = 16_384;
const MAX_OPEN = 1_000;
const MAX_EACH = 2_000;

/**
 * Reads what strace wrote. The process that was traced could end strace, or write into its file: the text is bounded,
 * believed line by line, and only whole when the first process is seen to end.
 */
export function parseTrace(text: string, isCut: boolean): Traced {
  const seen = {
    reads: new Set<string>(),
    writes: new Set<string>(),
    tried: new Map<string, Tried>(),
    programs: [] as { argv: readonly string[] }[],
  };
  const unfinished = new Map<string, string>();
  const folders = new Map<string, string>();
  let first: string | undefined;
  let hasEnded = false;
  for (const line of text.split("\n")) {
    const [, process, rest] = /^(\d{1,10})\s+(.*)$/s.exec(line.slice(0, MAX_LINE)) ?? [];
    if (process === undefined || rest === undefined) continue;
    first ??= process;
    if (process === first && /^\+\+\+ (?:exited with|killed by) /.test(rest)) hasEnded = true;
    const whole = join(unfinished, process, rest);
    const call = whole === undefined ? undefined : readCall(process, whole);
    if (call !== undefined) take(seen, folders, call);
  }
  const state = first === undefined ? "missing" : hasEnded && !isCut ? "whole" : "cut";
  return {
    reads: [...seen.reads],
    writes: [...seen.writes],
    tried: [...seen.tried.values()],
    programs: seen.programs,
    state,
  };
}

/** A call that another process interrupts is written in two parts. */
function join(open: Map<string, string>, process: string, rest: string): string | undefined {
  if (rest.endsWith("<unfinished ...>")) {
    if (open.size < MAX_OPEN) open.set(process, rest.slice(0, -"<unfinished ...>".length));
    return undefined;
  }
  const resumed = /^<\.\.\. [a-z0-9_]+ resumed>/.exec(rest)?.[0];
  if (resumed === undefined) return rest;
  const begun = open.get(process);
  open.delete(process);
  return begun === undefined ? undefined : begun + rest.slice(resumed.length);
}

type Seen = {
  readonly reads: Set<string>;
  readonly writes: Set<string>;
  readonly tried: Map<string, Tried>;
  readonly programs: { argv: readonly string[] }[];
};

function take(seen: Seen, folders: Map<string, string>, call: Call): void {
  const here = call.args.find((one) => one.startsWith("AT_FDCWD<"));
  if (here !== undefined && folders.size < MAX_OPEN) folders.set(call.process, noteOf(here) ?? "/");
  if (call.name === "connect" || call.name.startsWith("send")) return takeTried(seen, call);
  if (call.result.startsWith("-1") || call.result === "") return;
  if (call.name.startsWith("execve")) {
    const argv = listOf(call.args.find((one) => one.startsWith("[")) ?? "");
    if (seen.programs.length < MAX_EACH) seen.programs.push({ argv });
    return;
  }
  if (call.name.startsWith("open") || call.name === "creat") return takeOpened(seen, call);
  for (const path of namedBy(call, folders)) add(seen.writes, path);
}

function takeOpened({ reads, writes }: Seen, call: Call): void {
  const path = noteOf(call.result);
  if (path === undefined || !path.startsWith("/")) return;
  const flags = call.args.slice(1).find((one) => /(?:^|[={|])O_/.test(one)) ?? "";
  const isWritten = call.name === "creat" || /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(flags);
  if (isWritten) add(writes, path);
  if (call.name !== "creat" && !/O_WRONLY|O_PATH/.test(flags)) add(reads, path);
}

/** Every path that a call names, made absolute by the folder before it or the process's own. */
function namedBy({ process, name, args }: Call, folders: Map<string, string>): readonly string[] {
  const texts = args.flatMap((argument, at) => {
    const path = textOf(argument);
    if (path === undefined) return [];
    const folder = noteOf(args[at - 1] ?? "") ?? folders.get(process) ?? "/work";
    return [posix.resolve(folder, path)];
  });
  // Where a link points to is not touched.
  return /^(?:sym)?link/.test(name) ? texts.slice(-1) : texts;
}

function takeTried({ tried }: Seen, { name, args }: Call): void {
  const target = args.find((one) => one.includes("sa_family=AF_INET"));
  if (target === undefined) return;
  const address = /inet_(?:addr\(|pton\(AF_INET6, )"([0-9a-fA-F.:]{2,45})"/.exec(target)?.[1];
  const port = Number(/sin6?_port=htons\((\d{1,5})\)/.exec(target)?.[1] ?? 0);
  if (address === undefined || port === 0 || isLoopback(address)) return;
  const isUdp = args[0]?.includes("<UDP") === true || name.startsWith("send");
  // Asking for names is told by whoever answered.
  if (port === 53 || (isUdp && name === "connect")) return;
  const protocol = isUdp ? "udp" : "tcp";
  if (tried.size < MAX_EACH)
    tried.set(`${protocol} ${address} ${port}`, { address, port, protocol });
}

function isLoopback(address: string): boolean {
  return (
    address.startsWith("127.") || address === "::1" || address === "0.0.0.0" || address === "::"
  );
}

function add(to: Set<string>, path: string): void {
  if (to.size < MAX_EACH) to.add(path);
}
