import type { Core } from "./open-core.ts";

export async function makeDemo(
  _core: Core,
  _base: string,
  _say: (line: string) => void,
): Promise<string[]> {
  return [];
}
