/**
 * What a page's address names, read from the request as it came. `Astro.params` decodes only a part
 * (it leaves %40, %2B and %2F as they are), and tags and versions hold these characters.
 */
export function readSkillPath(requestUrl: string): {
  readonly team: string;
  readonly name: string;
  readonly version: string;
  /** Behind ".../files/"; empty elsewhere. */
  readonly path: string;
} {
  const [, team = "", name = "", version = "", , ...path] = segments(requestUrl);
  return { team, name, version, path: path.join("/") };
}

export function readSourcePath(requestUrl: string): {
  readonly source: string;
  /** Behind ".../tags/"; empty elsewhere. */
  readonly tag: string;
} {
  const [, source = "", , ...tag] = segments(requestUrl);
  return { source, tag: tag.join("/") };
}

/** The last segment of an address such as "/teams/acme". */
export function readLastSegment(requestUrl: string): string {
  return segments(requestUrl).at(-1) ?? "";
}

function segments(requestUrl: string): string[] {
  return new URL(requestUrl).pathname.slice(1).split("/").map(decoded);
}

/** A segment that is not well encoded stands for itself; it names nothing that exists. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
