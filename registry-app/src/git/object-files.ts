import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { deflate, deflateSync } from "node:zlib";
import { writeObject } from "isomorphic-git";
import { systemIds } from "../runtime/index.ts";
import type { ObjectType } from "./records.ts";

/** An object that is ready to be written: its id is the hash of type, size and bytes. */
export type NewObject = { readonly type: ObjectType; readonly bytes: Buffer; readonly oid: string };

const deflateAside = promisify(deflate);
/** Below this a trip to another thread takes longer than the work. */
const SMALL_BYTES = 8 * 1024;
const WRITES_AT_ONCE = 8;

/**
 * What isomorphic-git writes through. It writes in place, and an object file that a crash cut short would be taken for
 * whole ever after; so bytes go aside first, under a name that `git prune` sweeps, and are then renamed.
 */
const atomicFs = {
  promises: {
    ...fs,
    async writeFile(path: string, bytes: Uint8Array): Promise<void> {
      const aside = join(dirname(path), `tmp_obj_${systemIds.next()}`);
      await fs.writeFile(aside, bytes, { mode: 0o444 });
      await fs.rename(aside, path);
    },
  },
};

/** Names an object without writing it. */
export function nameObject(type: ObjectType, bytes: Buffer): NewObject {
  const oid = createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
  return { type, bytes, oid };
}

/** Writes a loose object unless the repo has it loose already; nobody ever sees half of one. Returns its id. */
export async function writeNewObject(
  dir: string,
  { type, bytes, oid }: NewObject,
): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  // Hashed and deflated by Node: isomorphic-git's web streams take several times as long.
  const object = whole.length < SMALL_BYTES ? deflateSync(whole) : await deflateAside(whole);
  await writeObject({ fs: atomicFs, gitdir: dir, dir, object, oid, format: "deflated" });
  return oid;
}

/** Writes objects a few at a time; returns when all of them are there. */
export async function writeTogether(dir: string, objects: readonly NewObject[]): Promise<void> {
  for (let at = 0; at < objects.length; at += WRITES_AT_ONCE)
    await Promise.all(objects.slice(at, at + WRITES_AT_ONCE).map((it) => writeNewObject(dir, it)));
}
