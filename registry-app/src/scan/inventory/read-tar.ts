import { latin1 } from "../views/decode-text.ts";
import { inflateCapped } from "./inflate.ts";
import { NOTHING_IN_IT, type Budget, type Odd, type Opened, type Part } from "./part.ts";
import { judgePath } from "./read-zip.ts";
import { sniffKind } from "./sniff.ts";

const BLOCK = 512;
const LINKS: ReadonlySet<string> = new Set(["1", "2"]);
const FILES: ReadonlySet<string> = new Set(["0", "\0", "7"]);

/** Members of a tar: old, ustar, GNU long names and pax paths. */
export function readTar(bytes: Uint8Array, budget: Budget): Opened {
  const parts: Part[] = [];
  const odd: Odd[] = [];
  const gaps = new Set<string>();
  let longName: string | null = null;
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const size = octal(bytes, at + 124, 12);
    const type = String.fromCharCode(bytes[at + 156] ?? 0);
    const body = bytes.subarray(at + BLOCK, at + BLOCK + size);
    const name: string = longName ?? headerName(bytes, at);
    if (name === "" && size === 0) break;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "L" || type === "x") {
      longName = type === "L" ? untilZero(body, 0, 4096) : paxPath(body);
      continue;
    }
    longName = null;
    odd.push(...judgePath(name));
    if (LINKS.has(type))
      odd.push({
        kind: "archive-link",
        detail: `${JSON.stringify(name.slice(0, 120))} is a link.`,
        subject: name,
      });
    if (!FILES.has(type)) continue;
    if (parts.length >= budget.limits.members || budget.bytes < body.length) {
      gaps.add("It holds more than is read.");
      break;
    }
    if (body.length < size) gaps.add("It breaks off.");
    budget.bytes -= body.length;
    parts.push({ name, bytes: body.subarray(0, budget.limits.memberBytes), via: "archive" });
  }
  return { parts, odd: odd.slice(0, 50), gaps: [...gaps] };
}

/** One file that was compressed; a tar in it is opened next. */
export function readGzip(bytes: Uint8Array, path: string, budget: Budget): Opened {
  const { ratio, ratioFromBytes } = budget.limits;
  const most = Math.min(budget.limits.memberBytes, budget.bytes);
  if (most <= 0) return { ...NOTHING_IN_IT, gaps: ["The skill unpacks to more than is read."] };
  const inflated = inflateCapped(bytes, "gzip", most);
  budget.bytes -= inflated.bytes.length;
  const base = path.slice(path.lastIndexOf("/") + 1).replace(/\.(?:t?gz|gzip)$/i, "");
  const name = sniffKind(inflated.bytes) === "tar" && !base.endsWith(".tar") ? `${base}.tar` : base;
  const isBomb =
    inflated.bytes.length > ratioFromBytes && inflated.bytes.length > bytes.length * ratio;
  return {
    parts:
      inflated.bytes.length === 0
        ? []
        : [{ name: name || "content", bytes: inflated.bytes, via: "archive" }],
    odd: isBomb
      ? [{ kind: "bomb", detail: `It unpacks to ${ratio} times its size and more.`, subject: name }]
      : [],
    gaps: [
      ...(inflated.isCut ? ["It unpacks to more than is read."] : []),
      ...(inflated.isBroken ? ["It is broken."] : []),
    ],
  };
}

function headerName(bytes: Uint8Array, at: number): string {
  const prefix = bytes[at + 257] === 0x75 ? untilZero(bytes, at + 345, 155) : "";
  const name = untilZero(bytes, at, 100);
  return prefix === "" ? name : `${prefix}/${name}`;
}

function paxPath(body: Uint8Array): string | null {
  const text = Buffer.from(body.subarray(0, 8192)).toString("utf8");
  return /(?:^|\n)\d{1,6} path=([^\n]{1,4096})\n/.exec(text)?.[1] ?? null;
}

function untilZero(bytes: Uint8Array, at: number, most: number): string {
  const field = bytes.subarray(at, at + most);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("utf8");
}

function octal(bytes: Uint8Array, at: number, length: number): number {
  const digits = /[0-7]{1,11}/.exec(latin1(bytes.subarray(at, at + length)))?.[0];
  return digits === undefined ? 0 : Number.parseInt(digits, 8);
}
