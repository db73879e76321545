import { expect, it } from "vitest";
import { findFreezeReason, type FreezeFacts } from "./plan-freeze.ts";

const calm: FreezeFacts = {
  isReplaced: false,
  movedLately: 0,
  isNews: true,
  displaced: 0,
  bound: 3,
};

it.each<readonly [string, Partial<FreezeFacts>, string]>([
  ["nothing moved", {}, ""],
  ["one tag was moved, which is a slip", { movedLately: 1, displaced: 1 }, ""],
  ["the only version's tag was deleted", { displaced: 1, bound: 1 }, ""],
  ["some of many tags were deleted", { displaced: 2 }, ""],
  ["a second tag was moved within a day", { movedLately: 2, displaced: 1 }, "2 accepted tags"],
  ["every tag was moved or deleted", { displaced: 3 }, "all 3 accepted"],
  ["they have been gone since a freeze was ended", { displaced: 3, isNews: false }, ""],
  ["another repo lies there", { isReplaced: true }, "the repo shares no commit"],
])("a source of which %s is frozen for that reason, or not at all", (_name, facts, expected) => {
  const reason = findFreezeReason({ ...calm, ...facts }) ?? "";
  expect(reason.slice(0, expected.length || undefined)).toBe(expected);
});
