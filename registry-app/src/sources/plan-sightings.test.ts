import { describe, expect, it } from "vitest";
import { planSightings, type SightedTag } from "./plan-sightings.ts";

const bound: SightedTag = {
  id: "1",
  name: "a--v1.0.0",
  oid: "aa",
  state: "published",
  drift: null,
  inGit: true,
  isBound: true,
};
const refused: SightedTag = {
  ...bound,
  id: "2",
  name: "b--v1.0.0",
  oid: "bb",
  state: "refused",
  isBound: false,
};

describe("comparing refs with what is recorded", () => {
  it("finds nothing to do when both say the same", () => {
    const refs = [
      { name: "a--v1.0.0", oid: "aa" },
      { name: "b--v1.0.0", oid: "bb" },
    ];
    expect(planSightings(refs, [bound, refused])).toEqual({ appeared: [], drifts: [] });
  });

  it("sees a new name, and a refused name at a new object, as appeared", () => {
    const refs = [
      { name: "a--v1.0.0", oid: "aa" },
      { name: "b--v1.0.0", oid: "b2" },
      { name: "c--v1.0.0", oid: "cc" },
    ];
    expect(planSightings(refs, [bound, refused])).toEqual({
      appeared: [refs[1], refs[2]],
      drifts: [],
    });
  });

  it("marks a bound tag that moved, and looks at its new object as well", () => {
    const refs = [{ name: "a--v1.0.0", oid: "a2" }];
    expect(planSightings(refs, [bound])).toEqual({
      appeared: refs,
      drifts: [{ id: "1", name: "a--v1.0.0", drift: "moved" }],
    });
  });

  it("marks a bound tag that vanished, and clears the mark when the same object is back", () => {
    expect(planSightings([], [bound]).drifts).toEqual([
      { id: "1", name: "a--v1.0.0", drift: "vanished" },
    ]);
    const back = planSightings(
      [{ name: "a--v1.0.0", oid: "aa" }],
      [{ ...bound, drift: "vanished" }],
    );
    expect(back).toEqual({ appeared: [], drifts: [{ id: "1", name: "a--v1.0.0", drift: null }] });
  });

  it("takes a name for new that so far was only attempted in a refused push", () => {
    const attempted = { ...refused, inGit: false };
    expect(planSightings([{ name: "b--v1.0.0", oid: "bb" }], [attempted]).appeared).toHaveLength(1);
  });
});
