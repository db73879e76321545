export type WantsRead =
  | { readonly kind: "more" }
  | { readonly kind: "malformed" }
  | { readonly kind: "wants"; readonly oids: readonly string[] };

const LENGTH = /^[0-9a-fA-F]{4}$/;
const WANT = /^want ([0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?)(?![0-9a-fA-F])/;

/**
 * Reads what a fetch in protocol v0 wants: the pkt-lines before its first flush. Whatever git might read otherwise is
 * malformed.
 */
export function createWantReader(): { read(chunk: Buffer): WantsRead } {
  const oids: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  const readAt = (at: number): WantsRead | number => {
    const text = rest.toString("latin1", at, at + 4);
    if (text.length < 4) return { kind: "more" };
    if (text === "0000") return { kind: "wants", oids };
    const size = LENGTH.test(text) ? Number.parseInt(text, 16) : 0;
    if (size <= 4) return { kind: "malformed" };
    if (rest.length < at + size) return { kind: "more" };
    const line = rest.toString("latin1", at + 4, at + size);
    const oid = WANT.exec(line)?.[1];
    if (oid === undefined && line.startsWith("want")) return { kind: "malformed" };
    if (oid !== undefined) oids.push(oid.toLowerCase());
    return at + size;
  };
  return {
    read: (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (;;) {
        const next = readAt(at);
        if (typeof next !== "number") {
          rest = rest.subarray(at);
          return next;
        }
        at = next;
      }
    },
  };
}
