import { factsOf, factsValue, UNKNOWN, type Value } from "./value.ts";

/**
 * What the program has put at a path. A folder holds what was put below it, and a file what was put where its folder
 * is: `cp -r ~/.ssh "$d/s"` and then `tar "$d"`. Where a part of either name is only known when it runs, files of one
 * folder count as each other: `for f in "$dir"/*.sh` runs what was written to `"$dir/$name.sh"`.
 */
export function contentOf(files: ReadonlyMap<string, Value>, path: string): Value {
  const own = files.get(path);
  if (own !== undefined || path.length > 500) return own ?? UNKNOWN;
  const place = placeOf(path);
  const folder = folderOf(path);
  const isOpen = isOpenName(path);
  const near = [...files].slice(0, MAX_FILES_COMPARED).filter(([other]) => {
    const there = placeOf(other);
    if (isWithin(there, place) || isWithin(place, there)) return true;
    return (isOpen || isOpenName(other)) && folder.length > 2 && folderOf(other) === folder;
  });
  return near.length === 0 ? UNKNOWN : factsValue(factsOf(near.map(([, value]) => value)));
}
const MAX_FILES_COMPARED = 200;

const isOpenName = (path: string) => /[*?…]/.test(path);
const folderOf = (path: string) => {
  const known = path.slice(0, /[*?…]/.exec(path)?.index ?? path.length);
  return known.slice(0, Math.max(0, known.lastIndexOf("/")));
};

/** A path without the slash or dot at its end; the folder that a program stands in is `.`. */
function placeOf(path: string): string {
  const plain = path.replace(/^(?:\.\/)+(?=.)/, "").replace(/(?:\/\.?)+$/, "");
  return plain === "" ? path : plain;
}

/** Too short to say which folder it is. */
const MIN_FOLDER = 4;

function isWithin(one: string, folder: string): boolean {
  if (folder === ".") return /^[\w-][^:]*$/.test(one) && !one.startsWith("git ");
  return folder.length >= MIN_FOLDER && one.startsWith(`${folder}/`);
}
