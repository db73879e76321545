// Bundles the actions: the same bytes from the same tree. `node actions/build.mjs [FOLDER]`, by default over what is committed.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { openScanner } from "../registry-app/src/scan/index.ts";

const root = resolve(import.meta.dirname, "..");
const out = resolve(process.argv[2] ?? import.meta.dirname);

const GRAMMARS = ["tree-sitter.wasm", "tree-sitter-python.wasm", "tree-sitter-tsx.wasm"];

/** Our own modules do nothing when they are loaded, so what nobody uses may go; of zod's languages, English stays. */
const lean = {
  name: "lean",
  setup({ onResolve, onLoad, resolve: find }) {
    onResolve(
      { filter: /^\.\.?\/.*\.ts$/ },
      async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (pluginData === "seen") return undefined;
        const found = await find(path, { kind, resolveDir, importer, pluginData: "seen" });
        return { ...found, sideEffects: false };
      },
    );
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => {
      return { contents: 'export { default as en } from "./en.js";' };
    });
  },
};

const { engine } = await openScanner();
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    "check/dist/index": "actions/check/main.ts",
    "check/dist/scan-child": "actions/check/scan-child.ts",
    "release/dist/index": "actions/release/main.ts",
  },
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  minify: true,
  legalComments: "none",
  metafile: true,
  alias: { "@litko/yara-x": "./actions/check/plain-signatures.ts" },
  define: { RULES_DIGEST: JSON.stringify(engine.rules) },
  // For what is bundled of CommonJS.
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;',
  },
  plugins: [lean],
});

const wasm = join(root, "node_modules/@vscode/tree-sitter-wasm/wasm");
await mkdir(join(out, "check/dist"), { recursive: true });
for (const name of GRAMMARS)
  await writeFile(join(out, "check/dist", name), await readFile(join(wasm, name)));
await writeFile(
  join(out, "check/dist/licences.txt"),
  await gatherLicences(Object.keys(metafile.inputs)),
);

/** What the licences of the bundled packages ask to be passed on. */
async function gatherLicences(inputs) {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const texts = [];
  for (const folder of [...folders].toSorted()) {
    const { name, version, license } = JSON.parse(
      await readFile(join(root, folder, "package.json"), "utf8"),
    );
    const file = (await readdir(join(root, folder)))
      .toSorted()
      .find((one) => /^licen[cs]e/i.test(one));
    const text =
      file === undefined ? "" : `\n\n${await readFile(join(root, folder, file), "utf8")}`;
    texts.push(`${name} ${version} (${license})${text.trimEnd()}\n`);
  }
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
