import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { sendJson } from "./send-json.ts";

export type FakeComment = { readonly id: number; readonly issue: number; readonly body: string };

const upload = z.object({ commit_sha: z.string(), ref: z.string(), sarif: z.string() });
const log = z.object({
  version: z.literal("2.1.0"),
  runs: z.array(
    z.object({
      automationDetails: z.object({ id: z.string() }),
      results: z.array(
        z.object({
          ruleId: z.string(),
          locations: z.array(
            z.object({
              physicalLocation: z.object({ artifactLocation: z.object({ uri: z.string() }) }),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type FakeUpload = {
  readonly commit: string;
  readonly ref: string;
  readonly log: z.infer<typeof log>;
};

export type GithubExtras = {
  /** Comments on the pull requests of acme/skills, by id. */
  readonly comments: Map<number, FakeComment>;
  /** What was uploaded to its code scanning, in order. */
  readonly uploads: FakeUpload[];
  /** Whether the repo has code scanning: a private one without the licence has none. */
  hasCodeScanning: boolean;
};

const BASE = "/repos/acme/skills";

/** Comments and code scanning of one repo, for an App that has the right to write them. */
export function fakeExtras() {
  const extras: GithubExtras = { comments: new Map(), uploads: [], hasCodeScanning: true };
  let lastId = 0;
  const answerComment = (path: string, body: string, res: ServerResponse) => {
    const [, number] = /^\/issues\/(\d+)\/comments$/.exec(path) ?? [];
    const [, id] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    const old = extras.comments.get(Number(id));
    if (number === undefined && old === undefined)
      return sendJson(res, 404, { message: "Not Found" });
    if (old === undefined) lastId += 1;
    const { body: text } = JSON.parse(body) as { body: string };
    const comment = { id: old?.id ?? lastId, issue: old?.issue ?? Number(number), body: text };
    extras.comments.set(comment.id, comment);
    return sendJson(res, old === undefined ? 201 : 200, comment);
  };
  const answerUpload = (body: string, res: ServerResponse) => {
    if (!extras.hasCodeScanning)
      return sendJson(res, 403, { message: "Code scanning is not enabled for this repository." });
    const read = upload.parse(JSON.parse(body));
    const text = gunzipSync(Buffer.from(read.sarif, "base64")).toString("utf8");
    const found = { commit: read.commit_sha, ref: read.ref, log: log.parse(JSON.parse(text)) };
    extras.uploads.push(found);
    return sendJson(res, 202, { id: String(extras.uploads.length) });
  };
  /** Answers a request about comments or code scanning; false when it is about something else. */
  const answer = (asked: string, req: IncomingMessage, res: ServerResponse): boolean => {
    const path = asked.startsWith(BASE) ? asked.slice(BASE.length) : "";
    const isUpload = path === "/code-scanning/sarifs";
    if (!isUpload && !/^\/issues\/(?:\d+\/)?comments/.test(path)) return false;
    void readText(req).then((body) =>
      isUpload ? answerUpload(body, res) : answerComment(path, body, res),
    );
    return true;
  };
  return { extras, answer };
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
