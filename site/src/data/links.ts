import type { VersionRef } from "./port.ts";

/** Addresses of pages. Each segment is encoded; the slashes of a tag or path stay slashes. */
function segments(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

export function skillHref(team: string, name: string): string {
  return `/skills/${encodeURIComponent(team)}/${encodeURIComponent(name)}`;
}

export function versionHref({ team, name, version }: VersionRef): string {
  return `${skillHref(team, name)}/${encodeURIComponent(version)}`;
}

export function fileHref(ref: VersionRef, path: string): string {
  return `${versionHref(ref)}/files/${segments(path)}`;
}

export function teamHref(slug: string): string {
  return `/teams/${encodeURIComponent(slug)}`;
}

export function sourceHref(slug: string): string {
  return `/sources/${encodeURIComponent(slug)}`;
}

export function tagHref(source: string, tag: string): string {
  return `${sourceHref(source)}/tags/${segments(tag)}`;
}

export function pullHref(source: string, number: number): string {
  return `${sourceHref(source)}/pulls/${number}`;
}

export function codeHref(code: string): string {
  return `/docs/codes/${encodeURIComponent(code)}`;
}

/** The current address with some parameters replaced; null removes one. */
export function withQuery(url: URL, changes: Readonly<Record<string, string | null>>): string {
  const next = new URLSearchParams(url.searchParams);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(key);
    else next.set(key, value);
  }
  const query = next.toString();
  return query === "" ? url.pathname : `${url.pathname}?${query}`;
}
