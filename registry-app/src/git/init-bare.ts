import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemIds } from "../runtime/index.ts";

export type GitConfig = Readonly<Record<string, string | readonly string[]>>;

const FOLDERS = ["objects/info", "objects/pack", "refs/heads", "refs/tags"];
const OUR_CONFIG: GitConfig = {
  "core.repositoryformatversion": "0",
  "core.filemode": "false",
  "core.bare": "true",
  "core.logAllRefUpdates": "false",
  "gc.auto": "0",
  "receive.autogc": "false",
  "receive.fsckObjects": "true",
  "transfer.hideRefs": ["refs/incoming", "refs/published"],
  "uploadpack.allowFilter": "true",
};
const KEY = /^([a-z]+)(?:\.([\w./:-]+))?\.([a-z][a-z0-9]*)$/i;
const VALUE = /^[ -~]*$/;

/**
 * Makes a bare repo with our configuration and no hooks, or brings an existing one to it; what is right already is not
 * written again. `config` adds to or replaces our keys. The branch is `main`.
 */
export async function initBare(
  dir: string,
  options: { readonly config?: GitConfig } = {},
): Promise<void> {
  for (const folder of FOLDERS) await mkdir(join(dir, folder), { recursive: true });
  await writeWhole(join(dir, "config"), formatConfig({ ...OUR_CONFIG, ...options.config }));
  // Git takes a folder for a repo once it has a HEAD, so this comes last, and a HEAD that moved is left alone.
  if ((await readIfThere(join(dir, "HEAD"))) === undefined)
    await writeWhole(join(dir, "HEAD"), "ref: refs/heads/main\n");
}

function formatConfig(config: GitConfig): string {
  return Object.entries(config)
    .flatMap(([key, values]) => {
      const [, section, subsection, name] = KEY.exec(key) ?? [];
      if (section === undefined || name === undefined)
        throw new Error(`not a git config key: ${key}`);
      const heading = subsection === undefined ? `[${section}]` : `[${section} "${subsection}"]`;
      return [values].flat().map((value) => `${heading}\n\t${name} = ${quote(key, value)}\n`);
    })
    .join("");
}

function quote(key: string, value: string): string {
  if (!VALUE.test(value)) throw new Error(`not a value for git config ${key}`);
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

async function writeWhole(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) === text) return;
  const aside = `${path}.${systemIds.next()}`;
  await writeFile(aside, text);
  await rename(aside, path);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
