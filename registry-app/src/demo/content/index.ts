/** What the demo registry is made of: the skills of two teams as commits and tags, in the order in which they happen. */
export {
  readDemoHistories,
  type DemoChange,
  type DemoCommit,
  type DemoHistory,
} from "./history.ts";
export type { DemoAuthor, DemoTag } from "./plan.ts";
