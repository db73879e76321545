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
  commitOid: "c1",
};
const refused: SightedTag = {
  ...bound,
  id: "2",
  name: "b--v1.0.0",
  oid: "bb",
  state: "refused",
  isBound: false,
  commitOid: null,
};

describe("comparing refs with what is recorded", () => {
  it("finds nothing to do when both say the same", () => {
    const refs = [
      { name: "a--v1.0.0", oid: "aa" },
      { name: "b--v1.0.0", oid: "bb" },
    ];
    expect(planSightings(refs, [bound, refused])).toMatchObject({
      appeared: [],
      drifts: [],
      displaced: [],
      dropped: [],
    });
  });

  it("sees a new name, and a refused name at a new object, as appeared", () => {
    const refs = [
      { name: "a--v1.0.0", oid: "aa" },
      { name: "b--v1.0.0", oid: "b2" },
      { name: "c--v1.0.0", oid: "cc" },
    ];
    expect(planSightings(refs, [bound, refused])).toMatchObject({
      appeared: [refs[1], refs[2]],
      drifts: [],
    });
  });

  it("marks a bound tag that moved, and looks at its new object as well", () => {
    const refs = [{ name: "a--v1.0.0", oid: "a2" }];
    expect(planSightings(refs, [bound])).toMatchObject({
      appeared: refs,
      drifts: [{ id: "1", name: "a--v1.0.0", was: null, drift: "moved" }],
      displaced: [{ name: "a--v1.0.0", from: "aa", to: "a2" }],
    });
  });

  it("marks a bound tag that vanished, and clears the mark when the same object is back", () => {
    expect(planSightings([], [bound])).toMatchObject({
      drifts: [{ id: "1", name: "a--v1.0.0", was: null, drift: "vanished" }],
      displaced: [{ name: "a--v1.0.0", from: "aa", to: null }],
    });
    const back = planSightings(
      [{ name: "a--v1.0.0", oid: "aa" }],
      [{ ...bound, drift: "vanished" }],
    );
    expect(back).toMatchObject({
      appeared: [],
      drifts: [{ id: "1", name: "a--v1.0.0", was: "vanished", drift: null }],
      displaced: [],
    });
  });

  it("marks a tag that stands while the branch no longer has its commit, and a moved one as moved", () => {
    const offBranch = new Set(["c1"]);
    expect(planSightings([{ name: "a--v1.0.0", oid: "aa" }], [bound], offBranch)).toMatchObject({
      drifts: [{ id: "1", drift: "unreachable" }],
      dropped: [{ name: "a--v1.0.0", commitOid: "c1" }],
      displaced: [],
    });
    expect(planSightings([{ name: "a--v1.0.0", oid: "a2" }], [bound], offBranch)).toMatchObject({
      drifts: [{ id: "1", drift: "moved" }],
      dropped: [],
    });
  });

  it("takes a name for new that so far was only attempted in a refused push", () => {
    const attempted = { ...refused, inGit: false };
    expect(planSightings([{ name: "b--v1.0.0", oid: "bb" }], [attempted]).appeared).toHaveLength(1);
  });
});
