import type { Capability } from "../types.ts";

export type CapabilityChange = {
  readonly gained: readonly Capability[];
  readonly lost: readonly Capability[];
};

/** What the later version can do that the earlier one could not, and the other way round. Where it stands does not count. */
export function compareCapabilities(
  before: readonly Capability[],
  after: readonly Capability[],
): CapabilityChange {
  return { gained: without(after, before), lost: without(before, after) };
}

function without(
  these: readonly Capability[],
  those: readonly Capability[],
): readonly Capability[] {
  const known = new Set(those.map(keyOf));
  return these.filter((one) => !known.has(keyOf(one)));
}

/** How many more there are than are listed is no capability of its own. */
function keyOf({ kind, detail }: Capability): string {
  return `${kind} ${/^and \d+ more$/.test(detail ?? "") ? "and more" : (detail ?? "")}`;
}
