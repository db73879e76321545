import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Refusal } from "../../src/runtime/refusal.ts";
import { EXIT, wrongUsage, type Command } from "../command.ts";
import { SCAFFOLD } from "../author/scaffold.ts";

/** Makes the files of a new source repo. */
export const init: Command = {
  summary: "scaffold a source repo with one valid skill, evals and a CI workflow",
  usage: "DIR",
  environment: "unread",
  help: [
    "",
    "DIR is made; one that holds files already is refused.",
    "",
    "Example:",
    "  npx assay init my-skills",
  ],
  async run({ print }, [dir, ...more]) {
    if (dir === undefined || more.length > 0)
      throw wrongUsage("init", "Write it as: npx assay init DIR");
    await refuseFilled(dir);
    for (const [path, text] of SCAFFOLD) {
      const file = join(dir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text, { flag: "wx" });
      print({ file: path }, `  ${file}`);
    }
    return EXIT.fine;
  },
};

/** A fresh `git init` counts as empty. */
async function refuseFilled(dir: string): Promise<void> {
  const names = await readdir(dir).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    if (cause.code !== "ENOTDIR") throw cause;
    throw new Refusal("conflict", `${dir} is a file.`, "Name a folder that does not exist yet.");
  });
  const held = names.filter((name) => name !== ".git");
  if (held.length === 0) return;
  throw new Refusal(
    "conflict",
    `${dir} is not empty: it holds ${held.slice(0, 3).join(", ")}. Nothing was written.`,
    "Name a folder that does not exist yet.",
  );
}
