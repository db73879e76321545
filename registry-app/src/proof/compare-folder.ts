import type { PublishedFile } from "./evidence.ts";
import { shownPath, type Fault } from "./fault.ts";

/** What lies in an installed folder. */
export type FoundEntry =
  | ({ readonly kind: "file" } & PublishedFile)
  | {
      readonly kind: "symlink" | "folder" | "other";
      readonly path: string;
    };

const AGAIN = "Install it again.";

/** Names every difference between a folder and the files that were published, by path. Pure. */
export function compareFolder(
  found: readonly FoundEntry[],
  published: readonly PublishedFile[],
): Fault[] {
  const wanted = new Map(published.map((file) => [file.path, file]));
  const there = new Map(found.map((entry) => [entry.path, entry]));
  const faults = found.flatMap((entry) => findFault(entry, wanted) ?? []);
  for (const { path } of published)
    if (!there.has(path)) faults.push(fault(path, "is missing", AGAIN));
  return faults.toSorted((a, b) => ((a.path ?? "") < (b.path ?? "") ? -1 : 1));
}

function findFault(
  entry: FoundEntry,
  wanted: ReadonlyMap<string, PublishedFile>,
): Fault | undefined {
  const { path } = entry;
  const file = wanted.get(path);
  if (entry.kind === "folder") {
    // Folders are not published; one that holds a file of the version is there for it.
    const isNeeded = [...wanted.keys()].some((one) => one.startsWith(`${path}/`));
    return isNeeded ? undefined : fault(path, "is a folder that was not published", remove(path));
  }
  if (entry.kind === "symlink")
    return fault(path, "is a symbolic link, and none is ever published", remove(path));
  if (entry.kind !== "file") return fault(path, "is neither a file nor a folder", remove(path));
  if (file === undefined) return fault(path, "was not published with this version", remove(path));
  if (file.sha256 !== entry.sha256)
    return fault(path, "has other content than was published", AGAIN);
  if (file.mode === entry.mode) return undefined;
  return file.mode === "100755"
    ? fault(path, "is not executable, and was published as such", `chmod a+x ${shownPath(path)}`)
    : fault(path, "is executable, and was not published as such", `chmod a-x ${shownPath(path)}`);
}

const remove = (path: string) => `Look at ${shownPath(path)}, and remove it.`;

function fault(path: string, says: string, mend: string): Fault {
  return { check: "files", path, says: `${shownPath(path)} ${says}.`, mend };
}
