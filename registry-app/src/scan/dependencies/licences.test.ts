import { assert, constantFrom, property, string, array } from "fast-check";
import { describe, expect, it } from "vitest";
import { fileOf } from "./dependencies.test-kit.ts";
import { readHeader, recogniseTexts } from "./licence-texts.ts";
import { isSameLicence, readLicence } from "./licences.ts";
import { bundledLicences, readLicences } from "./read-licences.ts";
import { npmLicence, readPackageLock } from "./read-npm.ts";

const SPELLINGS: readonly (readonly [string, string])[] = [
  ["MIT", "permissive"],
  ["The MIT License (MIT)", "permissive"],
  ["MIT. Complete terms in LICENSE.txt", "permissive"],
  ["MIT (see LICENSE)", "permissive"],
  ["Apache 2.0", "permissive"],
  ["Apache License, Version 2.0", "permissive"],
  ["apache2", "permissive"],
  ["BSD", "permissive"],
  ["New BSD License", "permissive"],
  ["BSD-3-Clause license", "permissive"],
  ["BSL-1.0", "permissive"],
  ["CC0 1.0 Universal", "permissive"],
  ["https://opensource.org/licenses/MIT", "permissive"],
  ["License :: OSI Approved :: MIT License", "permissive"],
  ["MIT/Apache-2.0", "permissive"],
  ["Apache-2.0 WITH LLVM-exception", "permissive"],
  ["LGPLv2.1+", "weak-copyleft"],
  ["MPL 2.0", "weak-copyleft"],
  ["GPL-2.0-only WITH Classpath-exception-2.0", "weak-copyleft"],
  ["License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", "weak-copyleft"],
  ["GPL-3.0-or-later", "strong-copyleft"],
  ["GNU GPL v3", "strong-copyleft"],
  ["GPLv2+", "strong-copyleft"],
  ["MIT AND (GPL-2.0-only OR GPL-3.0-only)", "strong-copyleft"],
  ["License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)", "strong-copyleft"],
  ["CeCILL FREE SOFTWARE LICENSE AGREEMENT", "strong-copyleft"],
  ["AGPL-3.0", "network-copyleft"],
  ["GNU Affero General Public License v3.0", "network-copyleft"],
  ["SSPL-1.0", "network-copyleft"],
  ["Elastic License 2.0", "source-available"],
  ["MIT with Commons Clause", "source-available"],
  ["BUSL-1.1", "evaluation-only"],
  ["Business Source License 1.1", "evaluation-only"],
  ["BSL 1.1", "evaluation-only"],
  ["CC BY-NC-SA 4.0", "non-commercial"],
  ["Creative Commons Attribution-NonCommercial 4.0 International", "non-commercial"],
  ["CC-BY-NC-3.0-US", "non-commercial"],
  ["PolyForm-Noncommercial-1.0.0", "non-commercial"],
  ["License :: Free for non-commercial use", "non-commercial"],
  ["UNLICENSED", "proprietary"],
  ["Proprietary. LICENSE.txt has complete terms", "proprietary"],
  ["(MIT OR CC-BY-NC-4.0)", "permissive"],
  ["gpl-3.0 or mit", "permissive"],
  // Nothing is made of what is not known, nor of what leads elsewhere.
  ["", "unknown"],
  ["Unknown", "unknown"],
  ["SEE LICENSE IN terms.md", "unknown"],
  ["Complete terms in LICENSE.txt", "unknown"],
  ["LicenseRef-Ours", "unknown"],
  ["MIT, except the pictures", "unknown"],
  ["GPL-3.0 OR LicenseRef-Ours", "unknown"],
  ["MIT OR", "permissive"],
  ["(MIT", "unknown"],
  ["MIT) AND GPL-3.0", "unknown"],
  ["123 || true && curl x | sh", "unknown"],
  ["constructor", "unknown"],
  ["__proto__", "unknown"],
];

describe("a licence", () => {
  it.each(SPELLINGS)("%j is %s", (text, expected) => {
    expect(readLicence(text).class).toBe(expected);
  });

  it("is read in all the shapes that npm has had for it", () => {
    expect(npmLicence({ type: "ISC", url: "https://x.example" })).toBe("ISC");
    expect(npmLicence([{ type: "MIT" }, "GPL-2.0"])).toBe("(MIT) OR (GPL-2.0)");
    expect(npmLicence([])).toBeNull();
    expect(npmLicence(7)).toBeNull();
  });

  it("of a package is the one that its lock file has, and none where only developers install it", () => {
    const packages = {
      "node_modules/a": { version: "1.0.0", license: "GPL-3.0" },
      "node_modules/b": { version: "1.0.0", license: "GPL-3.0", dev: true },
    };
    const found = readPackageLock("package-lock.json", JSON.stringify({ packages }));
    expect(found.map(({ licence }) => licence)).toEqual(["GPL-3.0", null]);
  });

  it("is the same under another spelling or a later version, and another one in another version", () => {
    const named = (text: string) => readLicence(text).named[0] ?? { family: text, version: null };
    const isSame = (a: string, b: string) => isSameLicence(named(a), named(b));
    expect(isSame("MIT License", "MIT")).toBe(true);
    expect(isSame("GPL", "GPL-2.0")).toBe(true);
    expect(isSame("GPL-2.0-or-later", "GPL-3.0")).toBe(true);
    expect(isSame("Apache 2", "Apache-2.0")).toBe(true);
    expect(isSame("LGPL-3.0", "GPL-3.0")).toBe(true);
    expect(isSame("GPL-2.0-only", "GPL-3.0")).toBe(false);
    expect(isSame("GPL-3.0", "LGPL-3.0")).toBe(false);
    expect(isSame("MIT", "ISC")).toBe(false);
  });

  it("of any length and depth is read in linear time, and never throws", () => {
    const from = performance.now();
    for (const text of [
      "(".repeat(300),
      "(MIT OR ".repeat(37),
      "MIT AND ".repeat(1_000_000),
      `${"a-".repeat(140)}1.0.0`,
      `MIT ${"(".repeat(290)}`,
      " ".repeat(2_000_000),
    ])
      expect(readLicence(text).class).toBe("unknown");
    expect(performance.now() - from).toBeLessThan(1000);
    const words = constantFrom(
      "MIT",
      "GPL-3.0",
      "AND",
      "or",
      "WITH",
      "(",
      ")",
      "/",
      "+",
      "::",
      "v",
    );
    assert(
      property(array(words, { maxLength: 60 }), string(), (tokens, tail) => {
        readLicence(tokens.join(" "));
        readLicence(`${tokens.join("")}${tail}`);
        readHeader(`# SPDX-License-Identifier: ${tokens.join(" ")}${tail}\n`);
        return true;
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe("a text", () => {
  const said = (text: string) => recogniseTexts(text).map(({ spelled }) => spelled);

  it("is recognised however its lines are broken and marked", () => {
    const lines =
      " * GNU GENERAL PUBLIC\n *   LICENSE\n * Version 3,\n * 29 June 2007\n * and more\n";
    expect(said(lines)).toEqual(["GPL-3.0"]);
  });

  it("that only mentions a licence is not one", () => {
    expect(
      said("This is like the GNU General Public License, version 3, or the MIT License."),
    ).toEqual([]);
  });

  it("of Apache 1.1 is not taken for BSD, whose words it has", () => {
    const bsd =
      "Redistributions of source code must retain the above copyright notice.\nRedistributions in binary form must reproduce the above copyright notice.\n";
    expect(said(bsd)).toEqual(["BSD"]);
    expect(said(`${bsd}Products derived from this software may not be called "Apache".`)).toEqual(
      [],
    );
  });
});

describe("the top of a source file", () => {
  const header = (text: string) => {
    const found = readHeader(text);
    return found === undefined ? null : `${found.licence.spelled} :${found.line}`;
  };

  it.each([
    ["#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-only\n", "GPL-2.0-only :2"],
    ["/* SPDX-License-Identifier: MIT */\n", "MIT :1"],
    ["<!-- SPDX-License-Identifier: MIT -->\n", "MIT :1"],
    ['"""A tool.\n\nSPDX-License-Identifier: MIT\n"""\nx = 1\n', "MIT :3"],
    ["# SPDX-License-Identifier: MIT\n# SPDX-License-Identifier: ISC\n", "MIT AND ISC :1"],
    [
      "// under the terms of the GNU Affero General Public License as published\n// by the Free Software Foundation, version 3 of the License.\n",
      "AGPL-3.0-only :1",
    ],
    ["import os\n# SPDX-License-Identifier: MIT\n", null],
    ['x = 1\nHEAD = "SPDX-License-Identifier: MIT"\n', null],
    ["# Looks for SPDX-License-Identifier: lines\n", null],
    [
      "# under the terms of the GNU General Public License as published by the\n# Free Software Foundation; as a special exception you may link it.\n",
      null,
    ],
  ])("%j says %s", (text, expected) => {
    expect(header(text)).toBe(expected);
  });
});

describe("what is bundled", () => {
  const gpl = "GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n";
  const said = (files: Readonly<Record<string, string>>) =>
    bundledLicences(
      readLicences(
        Object.entries(files).map(([path, text]) => fileOf(path, text)),
        "",
      ),
    ).map(({ scope, licence }) => `${scope}: ${licence.class}`);

  it("has the licence of its folder, of its package, or of its file", () => {
    expect(
      said({
        "vendor/a/COPYING": gpl,
        "vendor/a/a.py": "a = 1\n",
        "b/cargo.toml": '[package]\nlicense = "AGPL-3.0"\n',
        "b/b.py": "# SPDX-License-Identifier: ISC\n",
      }),
    ).toEqual(["vendor/a: strong-copyleft", "b: network-copyleft", "b/b.py: permissive"]);
  });

  it("may be had under the kindest of those that its folder names", () => {
    expect(
      said({
        "a/COPYING": gpl,
        "a/pyproject.toml": '[project]\nlicense = {text = "MIT"}\n',
        "a/a.py": "a = 1\n",
      }),
    ).toEqual(["a: permissive"]);
  });

  it("is nothing where a licence lies alone, is handed out or shown", () => {
    expect(
      said({
        "a/COPYING": gpl,
        "licenses/gpl/COPYING": gpl,
        "licenses/gpl/x.py": "",
        "references/x/package.json": '{"license": "GPL-2.0"}',
        "references/x/x.js": "",
      }),
    ).toEqual([]);
  });
});
