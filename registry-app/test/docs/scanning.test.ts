import { expect, it } from "vitest";
import { REPORTED_RULES } from "../../bin/compose/reported-rules.ts";
import { OBSERVED_RULES } from "../../src/scan/index.ts";
import { listQuoted, readDoc, rowsOf, sectionOf } from "./read-docs.ts";

const section = sectionOf(readDoc("docs/scanning.md"), "Beyond the rules");

it("docs/scanning.md lists every rule of what is observed, as grave as it is", () => {
  const rows = rowsOf(section).flatMap(([, rule = "", severity]) =>
    listQuoted(rule).map((id) => [id, severity]),
  );
  const told = rows.filter(([id = ""]) => id.includes(".observed-"));
  const known = OBSERVED_RULES.map(({ id, severity }) => [id, severity]);
  expect(told.toSorted()).toEqual(known.toSorted());
});

it("docs/scanning.md names no rule that there is not", () => {
  const ids = new Set(REPORTED_RULES.map(({ id }) => id));
  const named = listQuoted(section).filter((word) => /^[a-z-]+\.[a-z-]+$/.test(word));
  expect(named.length).toBeGreaterThan(6);
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});
