import { makeDependency, placeIn, type Dependency } from "./dependency.ts";
import { listed } from "./read-npm.ts";
import { fieldText, readToml } from "./read-toml.ts";

export function readGemfile(file: string, text: string): readonly Dependency[] {
  return text.split("\n").flatMap((line, index) => {
    const found =
      /^\s{0,40}gem\s{0,4}\(?\s{0,4}["']([\w.-]{1,200})["'](?:\s{0,4},\s{0,4}["']([^"']{1,60})["'])?(.{0,600})/.exec(
        line.slice(0, 1000),
      );
    if (found === null) return [];
    const git = /\b(?:git|github):\s{0,4}["']([^"']{1,300})/.exec(found[3] ?? "")?.[1] ?? null;
    const exact = /^=?\s{0,4}(\d[\w.]{0,40})$/.exec(found[2] ?? "")?.[1] ?? null;
    return listed(
      makeDependency("gem", {
        spelled: found[1] ?? "",
        version: exact ?? found[2] ?? null,
        isPinned: exact !== null,
        source: git === null ? "registry" : "git",
        location: git,
        how: "manifest",
        at: placeIn(file, index + 1),
      }),
    );
  });
}

export function readGoMod(file: string, text: string): readonly Dependency[] {
  return text.split("\n").flatMap((line, index) => {
    const found =
      /^\s{0,9}(?:require\s{1,9})?([\w.-]{1,80}\.[\w.-]{1,20}\/[^\s]{1,200})\s{1,9}(v\d[^\s/]{1,80})/.exec(
        line,
      );
    if (found === null) return [];
    return listed(
      makeDependency("go", {
        spelled: found[1] ?? "",
        version: found[2] ?? null,
        isPinned: true,
        how: "manifest",
        at: placeIn(file, index + 1),
      }),
    );
  });
}

const CARGO_TABLE = /^(?:target\..{1,100}\.)?(?:workspace\.)?(?:dev-|build-)?dependencies$/;
const CARGO_OWN_TABLE =
  /^(?:target\..{1,100}\.)?(?:workspace\.)?(?:dev-|build-)?dependencies\.([\w-]{1,100})$/;

export function readCargoToml(file: string, text: string): readonly Dependency[] {
  return readToml(text).flatMap(({ table, key, value, line }) => {
    const own = CARGO_OWN_TABLE.exec(table)?.[1];
    if (own !== undefined && key !== "version" && key !== "git") return [];
    if (own === undefined && !CARGO_TABLE.test(table)) return [];
    const name = own ?? key;
    const text = value.kind === "text" ? value.text : null;
    const wish = own === undefined ? (text ?? fieldText(value, "version")) : text;
    const git = own !== undefined && key === "git" ? text : fieldText(value, "git");
    const exact = /^=\s?(\d[\w.+-]{0,60})$/.exec(wish ?? "")?.[1] ?? null;
    return listed(
      makeDependency("cargo", {
        spelled: fieldText(value, "package") ?? name,
        version: git === null ? (exact ?? wish) : null,
        isPinned: exact !== null || fieldText(value, "rev") !== null,
        source: git === null ? (fieldText(value, "path") === null ? "registry" : "path") : "git",
        location: git,
        how: "manifest",
        at: placeIn(file, line),
      }),
    );
  });
}
