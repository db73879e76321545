import { makeDemo } from "../../src/demo/index.ts";
import type { Core } from "./open-core.ts";
import { readOrMakeKey } from "./registry-key.ts";

/** Makes the demo registry on its first start; returns the lines that tell a newcomer what to try. */
export async function openDemo(
  core: Core,
  baseUrl: string,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const { db, readers, operator, law, clock, ids, log, paths } = core;
  const deps = {
    db,
    readers,
    controlDir: paths.control,
    operator,
    law,
    clock,
    ids,
    log,
    readOrMakeKey,
  };
  const demo = await makeDemo(deps, { dir: paths.demo, baseUrl }, say);
  const tag = "hello-assay--v1.0.0";
  return [
    "",
    "Publish a skill of your own. Paste this into another terminal:",
    "",
    `  git clone ${demo.remote} my-skills && cd my-skills`,
    "  git config gpg.format ssh",
    `  git config user.signingkey ${shellWord(demo.keyFile)}`,
    `  git config user.name ${demo.author.name}`,
    `  git config user.email ${demo.author.email}`,
    "  mkdir -p skills/hello-assay",
    String.raw`  printf -- '---\nname: hello-assay\ndescription: Greets in one line. Use when asked to say hello.\n---\n\nSay hello, and nothing else.\n' > skills/hello-assay/SKILL.md`,
    `  git add . && git commit -m "feat(hello-assay): greet"`,
    `  git tag -s ${tag} -m ${tag}`,
    `  git push origin main ${tag}`,
    "",
    `Watch it at ${baseUrl}/sources/${demo.source}/tags/${tag}`,
    `Ctrl-C stops everything that was started; the next npm start finds it again.`,
  ];
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
