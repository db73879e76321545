import { Gunzip, Inflate, Unzlib } from "fflate";

export type Inflated = {
  readonly bytes: Uint8Array;
  /** More would have come: the limit was reached. */
  readonly isCut: boolean;
  /** The data broke off or was wrong; what came before that is there. */
  readonly isBroken: boolean;
};

/** So little goes in at a time that what comes out between two looks at the limit is 2 MiB at most. */
const CHUNK = 2048;

/** Decompresses DEFLATE up to a limit of output. Never throws. */
export function inflateCapped(
  bytes: Uint8Array,
  form: "raw" | "zlib" | "gzip",
  maxBytes: number,
): Inflated {
  const got = { chunks: [] as Uint8Array[], total: 0, isDone: false };
  const take = (chunk: Uint8Array, isLast: boolean): void => {
    if (got.total < maxBytes) got.chunks.push(chunk);
    got.total += chunk.length;
    got.isDone ||= isLast;
  };
  const stream = streamOf(form, take);
  let isBroken = false;
  try {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      stream.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
      if (got.total > maxBytes || got.isDone) break;
    }
  } catch {
    isBroken = true;
  }
  const whole = concat(got.chunks, Math.min(got.total, maxBytes));
  return { bytes: whole, isCut: got.total > maxBytes, isBroken };
}

type Take = (chunk: Uint8Array, isLast: boolean) => void;

function streamOf(form: "raw" | "zlib" | "gzip", take: Take): Inflate | Unzlib | Gunzip {
  if (form === "raw") return new Inflate(take);
  return form === "zlib" ? new Unzlib(take) : new Gunzip(take);
}

export function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - at);
    whole.set(part, at);
    at += part.length;
    if (at >= length) break;
  }
  return whole;
}
