import { execFile } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { sendJson } from "./send-json.ts";

const run = promisify(execFile);

/** A release as GitHub keeps it. */
export type FakeRelease = {
  readonly id: number;
  readonly tag_name: string;
  readonly name: string;
  readonly body: string;
  readonly prerelease: boolean;
};

export type GithubReleases = {
  readonly all: Map<number, FakeRelease>;
  /** Answers a request about tags or releases of acme/skills; false when it is about something else. */
  answer(path: string, req: IncomingMessage, res: ServerResponse): boolean;
};

const BASE = "/repos/acme/skills";

/** Releases of one repo, and its tags by real git: GitHub makes no release of a tag that is not there without making the tag. */
export function fakeReleases(root: () => string): GithubReleases {
  const all = new Map<number, FakeRelease>();
  return {
    all,
    answer(asked, req, res) {
      // A client may send the slash in a ref encoded.
      const path = decodeURIComponent(asked);
      if (!path.startsWith(`${BASE}/releases`) && !path.startsWith(`${BASE}/git/ref/tags/`))
        return false;
      const tag = path.slice(path.lastIndexOf("/") + 1);
      if (path.startsWith(`${BASE}/git/`)) {
        void findTag(join(root(), "bare", "skills.git"), tag).then((sha) =>
          sha === undefined
            ? sendJson(res, 404, {})
            : sendJson(res, 200, { object: { sha, type: "tag" } }),
        );
        return true;
      }
      if (req.method === "GET") {
        const found = [...all.values()].find(({ tag_name }) => tag_name === tag);
        sendJson(res, found === undefined ? 404 : 200, found ?? {});
        return true;
      }
      void readJson(req).then((body) => {
        if (req.method === "POST") {
          const id = all.size + 1;
          const made = { ...body, id };
          all.set(id, made);
          return sendJson(res, 201, made);
        }
        const old = all.get(Number(tag));
        if (old === undefined) return sendJson(res, 404, {});
        all.set(old.id, { ...old, ...body, id: old.id });
        return sendJson(res, 200, { id: old.id });
      });
      return true;
    },
  };
}

async function findTag(gitDir: string, tag: string): Promise<string | undefined> {
  try {
    const { stdout } = await run("git", [
      "-C",
      gitDir,
      "rev-parse",
      "--verify",
      `refs/tags/${tag}`,
    ]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}

async function readJson(req: IncomingMessage): Promise<Omit<FakeRelease, "id">> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Omit<FakeRelease, "id">;
}
