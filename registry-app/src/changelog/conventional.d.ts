/** The preset ships without types; this is the part of it that is used. */
declare module "conventional-changelog-conventionalcommits" {
  import type { Commit, ParserOptions } from "conventional-commits-parser";

  type Judged = Pick<Commit, "notes"> & { readonly type: string | null };

  export const DEFAULT_COMMIT_TYPES: readonly { readonly type: string; readonly section: string }[];
  export default function createPreset(config?: { readonly preMajor?: boolean }): {
    readonly parser: ParserOptions;
    readonly whatBump: (commits: readonly Judged[]) => { readonly level: number };
  };
}
