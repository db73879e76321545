import { Writable, type Duplex } from "node:stream";
import type { Container, ExecInspectInfo } from "dockerode";
import { within } from "./engine.ts";

export type ExecWish = {
  readonly container: Container;
  readonly command: readonly string[];
  readonly user: string;
  readonly env?: readonly string[];
  readonly workingDir?: string;
  /** May come later: the command is started meanwhile. */
  readonly stdin?: Uint8Array | Promise<Uint8Array>;
  /** Whether its standard input stays open for `write`. */
  readonly isSpokenTo?: boolean;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
};

export type Execution = {
  /** Gives it more to read; for one that is spoken to. */
  write(bytes: Uint8Array): void;
  /** The exit status, once the command and its streams have ended; throws when the engine is gone. */
  readonly ended: Promise<number>;
  /** Stops listening: what the command still writes is lost, and `ended` fails. */
  abandon(): void;
};

const ENGINE_MS = 15_000;

/** Starts a command in a running container. Its output is handed on as it comes and not kept here. */
export async function startExec(wish: ExecWish): Promise<Execution> {
  const { container, command, user, env = [], workingDir = "/", stdin, isSpokenTo = false } = wish;
  const reads = stdin !== undefined || isSpokenTo;
  const exec = await within(
    "making an exec",
    ENGINE_MS,
    container.exec({
      Cmd: [...command],
      User: user,
      Env: [...env],
      WorkingDir: workingDir,
      AttachStdin: reads,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
    }),
  );
  const started = exec.start({ hijack: true, stdin: reads });
  const stream: Duplex = await within("starting an exec", ENGINE_MS, started);
  const closed = readOut(wish, stream);
  const give = (bytes: Uint8Array) => stream.end(bytes);
  if (stdin instanceof Promise) void stdin.then(give, () => stream.destroy());
  else if (stdin !== undefined) give(stdin);
  const ended = closed.then(async () => {
    const asked: Promise<ExecInspectInfo> = exec.inspect();
    const { ExitCode, Running } = await within("asking how an exec ended", ENGINE_MS, asked);
    if (Running || ExitCode === null)
      throw new Error("the engine lost sight of a command that it ran");
    return ExitCode;
  });
  ended.catch(() => undefined);
  return {
    ended,
    write: (bytes) => void stream.write(bytes),
    abandon: () => void stream.destroy(),
  };
}

const HEADER_BYTES = 8;
const STDERR = 2;

/** The two streams of a command come in frames of one: a byte that says which, three unused, four with the length. */
function readOut(wish: ExecWish, stream: Duplex): Promise<void> {
  const onFrame = (kind: number, piece: Buffer) =>
    kind === STDERR ? wish.onStderr?.(piece) : wish.onStdout?.(piece);
  let header = Buffer.alloc(0);
  let kind = 0;
  let left = 0;
  const take = (chunk: Buffer) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (left === 0) {
        const more = rest.subarray(0, HEADER_BYTES - header.length);
        header = Buffer.concat([header, more]);
        rest = rest.subarray(more.length);
        if (header.length < HEADER_BYTES) return;
        kind = header.readUInt8(0);
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const piece = rest.subarray(0, left);
      left -= piece.length;
      rest = rest.subarray(piece.length);
      onFrame(kind, piece);
    }
  };
  return new Promise((resolve, reject) => {
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        take(chunk);
        done();
      },
    });
    stream.on("error", reject);
    stream.on("end", () => resolve());
    stream.on("close", () => reject(new Error("the engine hung up")));
    stream.pipe(sink);
  });
}

export type Said = {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
};

/** Runs a command of our own in the container, within a time and with little output. */
export async function say(
  wish: Omit<ExecWish, "onStdout" | "onStderr">,
  { limitMs, maxBytes = 65_536 }: { readonly limitMs: number; readonly maxBytes?: number },
): Promise<Said> {
  const parts: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  let room = maxBytes;
  const keep = (where: Buffer[]) => (chunk: Buffer) => {
    const piece = chunk.subarray(0, room);
    room -= piece.length;
    where.push(Buffer.from(piece));
  };
  const execution = await startExec({
    ...wish,
    onStdout: keep(parts.stdout),
    onStderr: keep(parts.stderr),
  });
  try {
    const exitCode = await within("a command of ours", limitMs, execution.ended);
    return { exitCode, stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
  } catch (cause) {
    execution.abandon();
    throw cause;
  }
}
