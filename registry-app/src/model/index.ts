/** Models behind endpoints, in the dialect of OpenAI or Anthropic. Knows no skills. */
export { askForJson, type JsonAnswer } from "./ask-for-json.ts";
export { createModel, type ModelDeps, type ModelWish } from "./create-model.ts";
export type {
  Answer,
  Dialect,
  Message,
  Model,
  Question,
  Tool,
  ToolCall,
  ToolResult,
  Usage,
} from "./types.ts";
