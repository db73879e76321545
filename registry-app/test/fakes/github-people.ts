import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "./send-json.ts";

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
  return sendJson(res, found === undefined ? 404 : 200, body);
}

/** Somebody in a team of the organisation acme. */
export type FakeMember = {
  readonly id: number;
  readonly login: string;
  readonly role: "maintainer" | "member";
};

const MEMBERSHIP = /^\/orgs\/acme\/teams\/([^/]+)\/memberships\/([^/]+)$/;
const MEMBERS = /^\/orgs\/acme\/teams\/([^/]+)\/members$/;

/** Answers who is in a team of acme, a page at a time, and that the App is installed there. */
export function answerTeam(
  teams: ReadonlyMap<string, readonly FakeMember[]>,
  path: string,
  res: ServerResponse,
): boolean {
  const { pathname, searchParams } = new URL(path, "http://localhost");
  if (pathname === "/orgs/acme/installation") return sendJson(res, 200, { id: 5 });
  const [, ofTeam, login] = MEMBERSHIP.exec(pathname) ?? [];
  if (ofTeam !== undefined) {
    const found = teams.get(ofTeam)?.find((one) => one.login === login);
    if (found === undefined) return sendJson(res, 404, { message: "Not Found" });
    return sendJson(res, 200, { role: found.role, state: "active" });
  }
  const slug = MEMBERS.exec(pathname)?.[1];
  if (slug === undefined) return false;
  const people = teams.get(slug);
  if (people === undefined) return sendJson(res, 404, { message: "Not Found" });
  const size = Number(searchParams.get("per_page"));
  const from = (Number(searchParams.get("page")) - 1) * size;
  const role = searchParams.get("role");
  return sendJson(res, 200, people.filter((one) => one.role === role).slice(from, from + size));
}
