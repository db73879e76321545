import type { Example, Rule } from "./rule.ts";

const MIT_TEXT =
  'MIT License\n\nCopyright (c) 2026 Somebody\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this software and associated documentation files (the "Software"), to deal\nin the Software without restriction, including without limitation the rights\nto use, copy, modify and sell copies of the Software, subject to the following\nconditions:\n\nThe above copyright notice and this permission notice shall be included in all\ncopies or substantial portions of the Software.\n';
const GPL_TEXT =
  "                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n\n Everyone is permitted to copy and distribute verbatim copies.\n";
const AGPL_TEXT =
  "                    GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3, 19 November 2007\n";
const COMMONS_CLAUSE =
  '"Commons Clause" License Condition v1.0\n\nThe Software is provided to you by the Licensor under the License, as defined\nbelow, subject to the following condition.\n';
const GPL_NOTICE =
  "#!/usr/bin/env python3\n# This program is free software: you can redistribute it and/or modify\n# it under the terms of the GNU General Public License as published by\n# the Free Software Foundation, either version 3 of the License, or\n# (at your option) any later version.\nprint('hello')\n";

function skill(license: string | null): string {
  const field = license === null ? "" : `license: ${license}\n`;
  return `---\nname: example\ndescription: Shows how a thing is done.\n${field}---\n\nRun the files.\n`;
}

/** A lock file with one package beside the skill's own. */
function lock(license: unknown, more: Readonly<Record<string, unknown>> = {}): string {
  const packages = {
    "": { name: "own", license: "MIT" },
    "node_modules/some-part": { version: "1.2.0", license, ...more },
  };
  return `${JSON.stringify({ lockfileVersion: 3, packages }, null, 1)}\n`;
}

function inSkill(
  name: string,
  license: string | null,
  files: Readonly<Record<string, string>>,
): Example {
  return { name, files: { "SKILL.md": skill(license), ...files } };
}

const STRICTER: Rule["examples"] = {
  flags: [
    inSkill("an MIT skill with a package under the AGPL", "MIT", {
      "package-lock.json": lock("AGPL-3.0-only"),
    }),
    inSkill("a script whose header names the GPL", "Apache 2.0", {
      "scripts/run.py":
        "#!/usr/bin/env python3\n# SPDX-License-Identifier: GPL-2.0-only\nprint(1)\n",
    }),
    inSkill("a script with the notice of the GPL", "MIT license", { "scripts/run.py": GPL_NOTICE }),
    inSkill("a copied folder with the text of the GPL", null, {
      LICENSE: MIT_TEXT,
      "vendor/tool/COPYING": GPL_TEXT,
      "vendor/tool/main.py": "print(1)\n",
    }),
    inSkill("a copied package under the SSPL", "BSD-3-Clause", {
      "lib/db/package.json": '{"name": "db", "license": {"type": "SSPL-1.0"}}\n',
      "lib/db/index.js": "export const a = 1;\n",
    }),
  ],
  passes: [
    inSkill("a skill that says both", "MIT AND GPL-2.0-only", {
      "scripts/run.py": "# SPDX-License-Identifier: GPL-2.0-only\nprint(1)\n",
    }),
    inSkill("a skill that says nothing", null, { "package-lock.json": lock("AGPL-3.0-only") }),
    inSkill("a package that leaves the choice", "MIT", {
      "package-lock.json": lock("(MIT OR GPL-3.0-or-later)"),
    }),
    inSkill("a package of the old form that leaves the choice", "MIT", {
      "package-lock.json": lock([{ type: "GPLv2" }, { type: "MIT" }]),
    }),
    inSkill("weak copyleft", "MIT", { "package-lock.json": lock("LGPL-3.0-or-later") }),
    inSkill("an exception for those who link to it", "MIT", {
      "package-lock.json": lock("GPL-2.0-only WITH Classpath-exception-2.0"),
    }),
    inSkill("a package for developers only", "MIT", {
      "package-lock.json": lock("GPL-3.0-only", { dev: true }),
    }),
    inSkill("a licence to hand out", "MIT", {
      "assets/templates/gpl/LICENSE": GPL_TEXT,
      "assets/templates/gpl/main.py": "print(1)\n",
    }),
    inSkill("a program that writes headers", "MIT", {
      "scripts/head.py": 'import sys\n\nHEAD = """\n# SPDX-License-Identifier: GPL-3.0-only\n"""\n',
    }),
    inSkill("a licence that is not known", "MIT", { "package-lock.json": lock("Custom terms") }),
  ],
};

const FORBIDDING: Rule["examples"] = {
  flags: [
    inSkill("a package that is for no commercial use", "MIT", {
      "package-lock.json": lock("CC-BY-NC-SA-4.0"),
    }),
    inSkill("copied code that may only be tried", null, {
      "vendor/engine/package.json": '{"license": "BUSL-1.1"}\n',
      "vendor/engine/index.js": "export const a = 1;\n",
    }),
    inSkill("a script for no commercial use", null, {
      "run.sh": "#!/bin/sh\n# SPDX-License-Identifier: PolyForm-Noncommercial-1.0.0\necho 1\n",
    }),
    inSkill("a skill that is so itself", "CC BY-NC 4.0", {}),
    inSkill("a copied Python package by its classifier", null, {
      "vendor/a/pyproject.toml":
        '[project]\nclassifiers = ["License :: Free for non-commercial use"]\n',
      "vendor/a/a.py": "a = 1\n",
    }),
  ],
  passes: [
    inSkill("a licence that asks for the name only", "CC-BY-4.0", {
      "package-lock.json": lock("CC-BY-SA-4.0"),
    }),
    inSkill("a package that can be had under another one", null, {
      "package-lock.json": lock("(CC-BY-NC-4.0 OR Apache-2.0)"),
    }),
    inSkill("a licence that forbids to host it for others", null, {
      "package-lock.json": lock("Elastic-2.0"),
    }),
    inSkill("a package that grants nothing", null, { "package-lock.json": lock("UNLICENSED") }),
    inSkill("a text about such a licence", null, {
      "references/licences.md": "CC-BY-NC-4.0 allows no commercial use.\n",
    }),
  ],
};

const OTHER: Rule["examples"] = {
  flags: [
    inSkill("MIT by name, GPL by its text", "MIT", { LICENSE: GPL_TEXT }),
    inSkill("Apache by name, MIT by its text", "Apache-2.0", { "LICENSE.txt": MIT_TEXT }),
    inSkill("GPL by name, AGPL by its text", "GPL-3.0-or-later", { COPYING: AGPL_TEXT }),
    inSkill("a clause that the name does not tell", "MIT", {
      LICENSE: `${COMMONS_CLAUSE}\n${MIT_TEXT}`,
    }),
  ],
  passes: [
    inSkill("the same twice", "MIT License", { LICENSE: MIT_TEXT }),
    inSkill("one of two", "MIT OR Apache-2.0", { "LICENSE-MIT": MIT_TEXT }),
    inSkill("a later version", "GPL-2.0-or-later", { LICENSE: GPL_TEXT }),
    inSkill("the LGPL with the text that it builds on", "LGPL-3.0-only", { COPYING: GPL_TEXT }),
    inSkill("a field that leads to the file", "Complete terms in LICENSE.txt", {
      "LICENSE.txt": MIT_TEXT,
    }),
    inSkill("a text that nobody recognises", "MIT", { LICENSE: "All rights reserved.\n" }),
    inSkill("a name that nobody recognises", "Our own terms", { LICENSE: MIT_TEXT }),
    inSkill("no name", null, { LICENSE: GPL_TEXT }),
  ],
};

/** Skills for the rules on licences: those that each must flag, and those that it must leave alone. */
export const LICENCE_EXAMPLES = { stricter: STRICTER, forbidding: FORBIDDING, other: OTHER };
