/** Models behind endpoints, in the dialect of OpenAI or Anthropic. Knows no skills. */
export { askForJson, type JsonAnswer } from "./ask-for-json.ts";
export {
  createForwarder,
  type Forwarded,
  type Forwarder,
  type Forwarding,
} from "./create-forwarder.ts";
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
