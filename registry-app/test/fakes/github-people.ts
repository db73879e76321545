import type { IncomingMessage, ServerResponse } from "node:http";

/** Somebody's role on acme/skills, as GitHub says it. */
export type FakeRole = {
  readonly id: number;
  readonly role: "read" | "triage" | "write" | "maintain" | "admin";
};

const PERMISSION = /^\/repos\/acme\/skills\/collaborators\/([^/]+)\/permission$/;
/** The older word for a role, which has fewer of them. */
const LEGACY = { read: "read", triage: "read", write: "write", maintain: "write", admin: "admin" };

/** Answers who may do what, since the emulator says so of others than GitHub would; false when it is another question. */
export function answerRole(
  roles: ReadonlyMap<string, FakeRole>,
  path: string,
  _req: IncomingMessage,
  res: ServerResponse,
): boolean {
  const login = PERMISSION.exec(path)?.[1];
  if (login === undefined) return false;
  const found = roles.get(login);
  const body =
    found === undefined
      ? { message: "Not Found" }
      : {
          permission: LEGACY[found.role],
          role_name: found.role,
          user: { login, id: found.id },
        };
  res
    .writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" })
    .end(JSON.stringify(body));
  return true;
}
