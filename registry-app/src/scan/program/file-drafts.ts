import { classifyPath, secretAt } from "../targets/classify-path.ts";
import type { Draft } from "./operations.ts";

/** Facts about a path, in whatever language it is opened. */

/** Reading a path: a secret by what lies there, else a file. Nothing for devices and what is not known at all. */
export function draftFileRead(path: string): readonly Draft[] {
  if (
    path === "" ||
    path === "-" ||
    path === "…" ||
    /^\/dev\/(?:null|stdin|zero|u?random|tty)/.test(path)
  )
    return [];
  const secret = secretAt(path);
  if (secret !== null) return [{ op: "read-secret", target: path, class: secret }];
  return [{ op: "read-file", target: path, class: classifyPath(path) }];
}

export function draftFileWrite(path: string, isAppend: boolean): Draft {
  const traits = isAppend ? (["append"] as const) : [];
  return { op: "write", target: path, class: classifyPath(path), traits };
}
