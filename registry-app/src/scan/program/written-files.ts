import { factsOf, factsValue, UNKNOWN, type Value } from "./value.ts";

/**
 * What the program has put at a path. Where a part of either name is only known when it runs, files of one folder count
 * as each other: `for f in "$dir"/*.sh` runs what was written to `"$dir/$name.sh"`.
 */
export function contentOf(files: ReadonlyMap<string, Value>, path: string): Value {
  const own = files.get(path);
  if (own !== undefined || path.length > 500) return own ?? UNKNOWN;
  const folder = folderOf(path);
  if (folder.length < 3) return UNKNOWN;
  const near = [...files]
    .slice(0, MAX_FILES_COMPARED)
    .filter(([other]) => (isOpenName(path) || isOpenName(other)) && folderOf(other) === folder);
  return factsValue(factsOf(near.map(([, value]) => value)));
}
const MAX_FILES_COMPARED = 200;

const isOpenName = (path: string) => /[*?…]/.test(path);
const folderOf = (path: string) => {
  const known = path.slice(0, /[*?…]/.exec(path)?.index ?? path.length);
  return known.slice(0, Math.max(0, known.lastIndexOf("/")));
};
