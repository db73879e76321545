/** Reads the fields of an SSH wire structure in order; every read answers undefined once the bytes run out. */
export type WireReader = {
  uint32(): number | undefined;
  uint64(): bigint | undefined;
  bytes(): Buffer | undefined;
  text(): string | undefined;
  take(sizeBytes: number): Buffer | undefined;
  isAtEnd(): boolean;
  /** How many bytes were read. */
  offset(): number;
};

export function readWire(buffer: Buffer): WireReader {
  let at = 0;
  const take = (sizeBytes: number): Buffer | undefined => {
    if (sizeBytes > buffer.length - at) return undefined;
    at += sizeBytes;
    return buffer.subarray(at - sizeBytes, at);
  };
  const uint32 = () => take(4)?.readUInt32BE(0);
  const bytes = () => {
    const sizeBytes = uint32();
    return sizeBytes === undefined ? undefined : take(sizeBytes);
  };
  return {
    take,
    uint32,
    uint64: () => take(8)?.readBigUInt64BE(0),
    bytes,
    text: () => bytes()?.toString("latin1"),
    isAtEnd: () => at === buffer.length,
    offset: () => at,
  };
}

/** An SSH `string`: its length in four bytes, then itself. */
export function wireString(value: Buffer | string): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([wireUint32(bytes.length), bytes]);
}

export function wireUint32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

/** An SSH `mpint` that is positive and in its one shortest form, without its sign byte; undefined for any other. */
export function positiveMpint(bytes: Buffer): Buffer | undefined {
  const [first, second] = bytes;
  if (first === undefined || first >= 0x80) return undefined;
  if (first !== 0) return bytes;
  return second !== undefined && second >= 0x80 ? bytes.subarray(1) : undefined;
}

/** Base64 in its one canonical spelling, padded; undefined for anything else. */
export function decodeBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
