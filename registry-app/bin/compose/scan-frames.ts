const HEAD_BYTES = 4;

/** A message with its length before it, as both ends of the pipe to the scan process speak. */
export function toFrame(body: Uint8Array): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + body.length);
  frame.writeUInt32BE(body.length);
  frame.set(body, HEAD_BYTES);
  return frame;
}

/** Takes bytes as they come and tells each whole message; throws for one that is longer than `maxBytes`. */
export function createFrameReader(
  maxBytes: number,
  onFrame: (body: Buffer) => void,
): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let heldBytes = 0;
  let wantedBytes = HEAD_BYTES;
  let isHead = true;
  const takeAll = (): Buffer => {
    const all = Buffer.concat(parts, heldBytes);
    const taken = all.subarray(0, wantedBytes);
    const rest = all.subarray(wantedBytes);
    parts = rest.length === 0 ? [] : [rest];
    heldBytes = rest.length;
    return taken;
  };
  return (chunk) => {
    parts.push(chunk);
    heldBytes += chunk.length;
    while (heldBytes >= wantedBytes) {
      const taken = takeAll();
      if (isHead) {
        wantedBytes = taken.readUInt32BE();
        if (wantedBytes > maxBytes)
          throw new Error(`a message of ${wantedBytes} bytes is too long`);
      } else {
        wantedBytes = HEAD_BYTES;
        onFrame(taken);
      }
      isHead = !isHead;
    }
  };
}
