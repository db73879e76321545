/** Trees and blobs already read, by repo and oid, the least used going first when `maxBytes` are held. */
export type ObjectCache = {
  get(repoDir: string, oid: string): Buffer | undefined;
  set(repoDir: string, oid: string, bytes: Buffer): void;
};

/** What an entry costs beside its bytes: the key, the map's slot, the Buffer object. */
const ENTRY_BYTES = 300;

/**
 * The key names the repo: an oid alone would let one repo read what only another one holds.
 * Objects larger than a quarter of `maxBytes` are not kept.
 */
export function createObjectCache(limits: { readonly maxBytes: number }): ObjectCache {
  const held = new Map<string, Buffer>();
  let heldBytes = 0;
  const remove = (key: string, bytes: Buffer) => {
    held.delete(key);
    heldBytes -= bytes.length + ENTRY_BYTES;
  };
  return {
    get(repoDir, oid) {
      const key = `${oid} ${repoDir}`;
      const bytes = held.get(key);
      if (bytes !== undefined) {
        held.delete(key);
        held.set(key, bytes);
      }
      return bytes;
    },
    set(repoDir, oid, bytes) {
      if (bytes.length > limits.maxBytes / 4) return;
      const key = `${oid} ${repoDir}`;
      const before = held.get(key);
      if (before !== undefined) remove(key, before);
      held.set(key, bytes);
      heldBytes += bytes.length + ENTRY_BYTES;
      for (const [oldest, oldestBytes] of held) {
        if (heldBytes <= limits.maxBytes) break;
        remove(oldest, oldestBytes);
      }
    },
  };
}
