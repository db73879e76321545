import { ACTIONS_MAY_IMPORT, MAY_IMPORT, PACKAGE_HOMES } from "./scripts/layout.mjs";

const SRC = "^registry-app/src/";
const modules = Object.keys(MAY_IMPORT);
const folder = (names) => `${SRC}(${names.join("|")})/`;
const TESTS = "\\.test(-kit)?\\.ts$|^registry-app/test/|^sandbox/test/";

function allowed(name) {
  const rule = MAY_IMPORT[name];
  if (rule === "any but http") return modules.filter((one) => one !== "http");
  if (rule === "any but jobs and demo")
    return modules.filter((one) => one !== "jobs" && one !== "demo");
  return [name, ...rule];
}

const table = modules.map((name) => ({
  name: `${name}-may-import`,
  severity: "error",
  from: { path: folder([name]), pathNot: TESTS },
  to: { path: SRC, pathNot: folder(allowed(name)) },
}));

const homes = Object.entries(PACKAGE_HOMES).map(([names, home]) => ({
  name: `only-at-home-${names
    .replaceAll(/[^a-z-]+/g, " ")
    .trim()
    .replaceAll(" ", "-")}`,
  severity: "error",
  from: {
    path: "^(registry-app|site|github-app|sandbox|actions)/",
    pathNot: [home, TESTS, "^registry-app/(bin|bench)/"],
  },
  to: { path: `node_modules/${names}/`, dependencyTypesNot: ["type-only"] },
}));

export default {
  forbidden: [
    ...table,
    ...homes,
    {
      name: "unlisted-module",
      severity: "error",
      comment: "A folder that scripts/layout.mjs does not name.",
      from: { path: `${SRC}[^/]+/`, pathNot: folder(modules) },
      to: {},
    },
    {
      name: "one-door",
      severity: "error",
      comment: "Another module is entered by its index.ts only.",
      from: { path: `${SRC}([^/]+)/`, pathNot: TESTS },
      to: { path: `${SRC}[^/]+/`, pathNot: [`${SRC}$1/`, `${SRC}[^/]+/index\\.ts$`] },
    },
    {
      name: "no-tests-in-product",
      severity: "error",
      from: { path: `${SRC}|^registry-app/(bin|migrations)/`, pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: "sandbox-alone",
      severity: "error",
      comment: "What runs the code of strangers knows nothing of ours.",
      from: { path: "^sandbox/", pathNot: TESTS },
      to: { path: "^(registry-app|site|github-app)/" },
    },
    {
      name: "sandbox-for-evals-only",
      severity: "error",
      comment: "Types are fine; the values are built in bin.",
      from: { path: SRC, pathNot: [folder(["evals"]), TESTS] },
      to: { path: "^sandbox/" },
    },
    {
      name: "github-app-through-doors",
      severity: "error",
      comment:
        "An edge: it knows the core by the doors that report and decide, and the core does not know it.",
      from: { path: "^github-app/", pathNot: TESTS },
      to: {
        path: "^(registry-app|site|sandbox)/",
        pathNot: `${SRC}(sources|publish|people|control|audit|queue|runtime)/index\\.ts$`,
      },
    },
    {
      name: "no-github-in-the-core",
      severity: "error",
      from: { path: SRC, pathNot: TESTS },
      to: { path: "^github-app/" },
    },
    {
      name: "actions-may-import",
      severity: "error",
      comment: "What an author's commands stand on, and pure doors: nothing that needs a registry.",
      from: { path: "^actions/", pathNot: "^actions/build[.]mjs$" },
      to: {
        path: "^(registry-app|site|github-app|sandbox)/",
        pathNot: [
          "^registry-app/bin/(author|scan|command[.]ts|commands/release[.]ts)",
          `${SRC}(${ACTIONS_MAY_IMPORT.join("|")})/index[.]ts$`,
          `${SRC}runtime/refusal[.]ts$`,
        ],
      },
    },
    {
      name: "actions-for-actions-only",
      severity: "error",
      from: { path: "^(registry-app|site|github-app|sandbox)/", pathNot: TESTS },
      to: { path: "^actions/" },
    },
    {
      name: "no-cycle",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^[^/]+/(dist|\\.astro)/|^actions/[^/]+/dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["node", "import", "types"],
    },
  },
};
