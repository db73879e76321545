import { z } from "zod";
import type { Honeytoken, Observation, SeenHost } from "./types.ts";

const MAX_LINES = 2_000;
const MAX_SAMPLE = 512;

const name = z.string().max(255).nullable();
const Line = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("full") }),
  z.object({ kind: z.literal("name"), name: z.string().max(255), address: z.string().nullable() }),
  z.object({
    kind: z.literal("flow"),
    name,
    address: z.string().max(45),
    port: z.int().min(0).max(65_535),
    protocol: z.enum(["http", "tls", "tcp"]),
    bytes: z.int().min(0),
    sample: z.base64().max(65_536),
  }),
]);

export type Recorded = {
  readonly hosts: readonly SeenHost[];
  readonly leaks: Observation["leaks"];
  readonly isFull: boolean;
};

/** Reads what the recorder said, and looks in it for the marks of false secrets. */
export function parseRecorder(text: string, tokens: readonly Honeytoken[]): Recorded {
  const hosts = new Map<string, SeenHost>();
  const leaks = new Map<string, Observation["leaks"][number]>();
  let isFull = false;
  for (const raw of text.split("\n").slice(0, MAX_LINES)) {
    const line = readLine(raw);
    if (line === undefined || line.kind === "ready") continue;
    if (line.kind === "full") {
      isFull = true;
      continue;
    }
    const sent = line.kind === "flow" ? Buffer.from(line.sample, "base64") : Buffer.from(line.name);
    const host = line.kind === "flow" ? toHost(line, sent) : toName(line.name);
    if (line.kind === "flow" && isLoopback(line.address)) continue;
    const to = describeHost(host);
    hosts.set(JSON.stringify(host), host);
    for (const token of tokens)
      if (holds(sent, token.canary)) leaks.set(`${token.canary} ${to}`, { ...token, to });
  }
  return { hosts: dropPlainNames([...hosts.values()]), leaks: [...leaks.values()], isFull };
}

function readLine(raw: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(raw)).data;
  } catch {
    return undefined;
  }
}

type Flow = Extract<z.infer<typeof Line>, { kind: "flow" }>;

function toHost({ name, address, port, protocol, bytes }: Flow, sent: Buffer): SeenHost {
  const sample = protocol === "tls" ? "" : sent.subarray(0, MAX_SAMPLE).toString("utf8");
  return { name, address, port, protocol, bytes, sample };
}

function toName(asked: string): SeenHost {
  return { name: asked, address: null, port: null, protocol: "dns", bytes: 0, sample: "" };
}

/** A name that was spoken to needs no line that it was asked for. */
function dropPlainNames(hosts: readonly SeenHost[]): readonly SeenHost[] {
  const spoken = new Set(hosts.filter((one) => one.port !== null).map((one) => one.name));
  return hosts.filter((one) => one.port !== null || !spoken.has(one.name));
}

/** `evil.example:443`, or the address where there is no name. */
function describeHost({ name, address, port }: SeenHost): string {
  const host = name ?? address ?? "somewhere";
  return port === null ? host : `${host}:${port}`;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** Whether a mark is in it: as it is, backwards, as hex, as base64 at any offset, or over labels of a name. */
function holds(sent: Buffer, canary: string): boolean {
  const text = sent.toString("latin1");
  const folded = text.toLowerCase();
  const backwards = [...canary].toReversed().join("");
  const hex = Buffer.from(canary).toString("hex");
  const joined = folded.replaceAll(".", "");
  if ([canary, backwards, hex].some((one) => folded.includes(one) || joined.includes(one)))
    return true;
  const packed = text.replaceAll(/[\r\n]/g, "");
  return [0, 1, 2].some((shift) => packed.includes(inBase64(canary, shift)));
}

/** The part of it that stays the same whatever stands before and after. */
function inBase64(canary: string, shift: number): string {
  const encoded = Buffer.from(" ".repeat(shift) + canary).toString("base64");
  const known = Math.floor(((shift + canary.length) * 8) / 6);
  return encoded.slice(Math.ceil((shift * 8) / 6), known);
}
