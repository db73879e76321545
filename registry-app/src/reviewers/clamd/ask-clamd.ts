import { connect, type Socket } from "node:net";

/** Where clamd listens. */
export type ClamdAddress =
  { readonly path: string } | { readonly host: string; readonly port: number };

export type ClamdReply =
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "silent"; readonly because: string; readonly isCut: boolean };

const MAX_REPLY_BYTES = 4_096;
const CHUNK_BYTES = 65_536;
/** The other side closed while it was being written to. */
const CUT: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET"]);
const DEFAULT_PORT = 3310;

/** `tcp://host:port` or `unix:///path`. */
export function toClamdAddress(url: string): ClamdAddress {
  const { protocol, hostname, port, pathname } = new URL(url);
  if (protocol === "unix:") return { path: decodeURIComponent(pathname) };
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: port === "" ? DEFAULT_PORT : Number(port) };
}

/** One command on a connection of its own, with a file after it or none. Never throws. */
export function askClamd(
  address: ClamdAddress,
  command: "VERSION" | "INSTREAM",
  body: Uint8Array | null,
  deadlineMs: number,
): Promise<ClamdReply> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const end = (reply: ClamdReply) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    const silent = (because: string, isCut = false) => end({ kind: "silent", because, isCut });
    const timer = setTimeout(() => silent("It took too long to answer."), deadlineMs);
    let text = "";
    // An answer that came before the connection broke still counts: clamd hangs up on what is too large.
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.length > MAX_REPLY_BYTES) silent("Its answer was too long.");
      else if (text.includes("\0")) end({ kind: "said", text: text.split("\0", 1)[0] ?? "" });
    });
    socket.on("error", (cause: NodeJS.ErrnoException) =>
      silent(`The connection failed: ${cause.message}.`, CUT.has(cause.code ?? "")),
    );
    socket.on("close", () => silent("It hung up without an answer."));
    socket.on("connect", () => send(socket, command, body));
  });
}

function send(socket: Socket, command: string, body: Uint8Array | null): void {
  socket.write(`z${command}\0`);
  if (body === null) return;
  for (let from = 0; from < body.length; from += CHUNK_BYTES) {
    const chunk = body.subarray(from, from + CHUNK_BYTES);
    socket.write(lengthOf(chunk.length));
    socket.write(chunk);
  }
  socket.write(lengthOf(0));
}

function lengthOf(bytes: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes);
  return head;
}
