import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Log } from "../../runtime/index.ts";
import { answerHooks } from "./answer-hooks.ts";
import { answerPlainly, exchange, type RunningExchange } from "./exchange.ts";
import { findUnreachableWants } from "./find-unreachable-wants.ts";
import { toGitCall, type GitProtocol } from "./git-call.ts";
import { areHooksRunnable } from "./install-hooks.ts";
import { judgePush, type JudgedPush } from "./judge-push.ts";
import { hasKnownEncoding, readBody } from "./read-body.ts";
import { readRefs } from "./read-refs.ts";
import { startGit } from "./start-git.ts";
import { createSlots } from "./slots.ts";
import type { GitRequest, GitService, HostLimits } from "./types.ts";

export type GitHost = {
  /**
   * Answers one request and settles when its git child is gone and `end` was told; never rejects.
   * The response is complete earlier. Sends `100 Continue` itself when `awaitsContinue` is set.
   */
  serve(
    req: IncomingMessage,
    res: ServerResponse,
    request: GitRequest,
    options?: {
      readonly awaitsContinue?: boolean;
      /** The client's address, where the one of the connection is a proxy's. */
      readonly peer?: string;
    },
  ): Promise<void>;
  /** Takes no more requests, lets the running ones finish for `graceMs`, then ends their children. */
  stop(graceMs: number): Promise<void>;
};

export type GitHostParts = {
  readonly log: Log;
  readonly clock: Clock;
  /** What `installHooks` was given. */
  readonly hooksDir: string;
  readonly limits?: Partial<HostLimits>;
};

const LIMITS: HostLimits = {
  pushMaxBytes: 64 * 1024 * 1024,
  pushMaxRefs: 2_000,
  drainMaxBytes: 512 * 1024 * 1024,
  fetchRequestMaxBytes: 16 * 1024 * 1024,
  judgeTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  totalTimeoutMs: 15 * 60_000,
  uploadsAtOnce: 16,
  receivesAtOnce: 8,
  maxWaiting: 64,
  waitTimeoutMs: 20_000,
};

const END_OF_INPUT_MS = 1_000;

type Served = {
  readonly parts: GitHostParts;
  readonly limits: HostLimits;
  readonly running: Map<RunningExchange, Promise<void>>;
};

/** Serves bare repositories over smart HTTP by running git itself; routing, sign-in and lookup are the caller's. */
export function createGitHost(parts: GitHostParts): GitHost {
  const limits: HostLimits = { ...LIMITS, ...parts.limits };
  const served: Served = { parts, limits, running: new Map() };
  const places = {
    // Anybody may fetch what is public, and nobody all of it by being slow.
    "git-upload-pack": createSlots(
      limits.uploadsAtOnce,
      limits.maxWaiting,
      limits.waitTimeoutMs,
      Math.ceil(limits.uploadsAtOnce / 2),
    ),
    "git-receive-pack": createSlots(limits.receivesAtOnce, limits.maxWaiting, limits.waitTimeoutMs),
  };
  let isStopping = false;
  return {
    serve: async (req, res, request, options = {}) => {
      const wrong = findWrong(req, request);
      if (wrong !== undefined) return answerPlainly(res, wrong.status, wrong.sentence);
      const peer = options.peer ?? req.socket.remoteAddress;
      const giveBack = isStopping ? undefined : await places[serviceOf(request)].take(peer);
      if (giveBack === undefined || isStopping) {
        giveBack?.();
        return answerPlainly(res, 503, "Too many are served at this moment; try again.", {
          "Retry-After": "5",
        });
      }
      try {
        if (res.destroyed) return;
        if (options.awaitsContinue === true) res.writeContinue();
        await run(served, req, res, request);
      } catch (cause) {
        parts.log.error({ cause, repoDir: request.repoDir }, "serving a git request failed");
        answerPlainly(res, 500, "Git could not answer; the server's log says why.");
      } finally {
        giveBack();
      }
    },
    stop: async (graceMs) => {
      isStopping = true;
      const timer = setTimeout(() => {
        for (const one of served.running.keys()) one.cut("server stops");
      }, graceMs);
      while (served.running.size > 0) await Promise.allSettled(served.running.values());
      clearTimeout(timer);
    },
  };
}

async function run(
  served: Served,
  req: IncomingMessage,
  res: ServerResponse,
  request: GitRequest,
): Promise<void> {
  const { parts, limits, running } = served;
  const startedAt = parts.clock.now().getTime();
  const push = toJudgedPush(parts.log, request, limits);
  if (push !== undefined && !(await areHooksRunnable(parts.hooksDir))) {
    throw new Error(`the hooks in ${parts.hooksDir} cannot be run`);
  }
  const protocol = protocolOf(req, request);
  const child = startGit(toGitCall(request, protocol, limits, parts.hooksDir), {
    hasHooks: push !== undefined,
    endOfInputMs: request.action === "receive-pack" ? END_OF_INPUT_MS : 0,
  });
  const one = exchange({
    req,
    res,
    child,
    ...shapeOf(req, request, limits, protocol),
    outlivesClient: request.action === "receive-pack",
    idleTimeoutMs: limits.idleTimeoutMs,
    totalTimeoutMs: limits.totalTimeoutMs,
    drainMaxBytes: limits.drainMaxBytes,
  });
  if (push !== undefined && child.hookPipes !== undefined) {
    answerHooks(push, child.hookPipes, one.touch);
  }
  const whole = (async () => {
    const { exit, cut, bytesIn, bytesOut } = await one.ended;
    const finished = push?.finish((refs) => readRefs(request.repoDir, refs));
    await Promise.all([finished, one.answered]);
    const durationMs = parts.clock.now().getTime() - startedAt;
    const facts = { repoDir: request.repoDir, action: request.action, ...exit, cut, durationMs };
    const isFine = exit.code === 0 && cut === undefined;
    const more = isFine ? {} : { complaint: child.complaint() };
    parts.log.info({ ...facts, bytesIn, bytesOut, ...more }, "served a git request");
  })();
  running.set(one, whole);
  await whole.finally(() => running.delete(one));
}

function toJudgedPush(log: Log, request: GitRequest, limits: HostLimits): JudgedPush | undefined {
  if (request.action !== "receive-pack" || request.onPush === "judging off") return undefined;
  return judgePush(log.child({ repoDir: request.repoDir }), request.onPush, limits.judgeTimeoutMs);
}

function shapeOf(
  req: IncomingMessage,
  request: GitRequest,
  limits: HostLimits,
  protocol: GitProtocol,
) {
  const service = serviceOf(request);
  if (request.action === "info-refs") {
    const banner = `001${service === "git-upload-pack" ? "e" : "f"}# service=${service}\n0000`;
    const preamble = Buffer.from(protocol === "v2" ? "" : banner);
    return { contentType: `application/x-${service}-advertisement`, preamble };
  }
  const bodyLimits =
    request.action === "upload-pack"
      ? ({
          kind: "fetch",
          maxBytes: limits.fetchRequestMaxBytes,
          ...judgingWants(request),
        } as const)
      : ({ kind: "push", maxRefs: limits.pushMaxRefs } as const);
  return {
    contentType: `application/x-${service}-result`,
    preamble: Buffer.alloc(0),
    openBody: (onBytes: (sizeBytes: number) => void, onRefused: Parameters<typeof readBody>[3]) =>
      readBody(req, bodyLimits, onBytes, onRefused),
  };
}

function judgingWants(request: GitRequest) {
  if (!("wants" in request) || request.wants === "any") return {};
  const mayWant = async (oids: readonly string[]) =>
    (await findUnreachableWants(request.repoDir, oids)).length === 0;
  return { mayWant };
}

function findWrong(
  req: IncomingMessage,
  request: GitRequest,
): { status: number; sentence: string } | undefined {
  const method = request.action === "info-refs" ? "GET" : "POST";
  if (req.method !== method) return { status: 405, sentence: `Only ${method} is answered here.` };
  if (request.action === "info-refs") return undefined;
  const type = `application/x-${serviceOf(request)}-request`;
  if (req.headers["content-type"] !== type) {
    return { status: 415, sentence: `The body must be ${type}.` };
  }
  if (!hasKnownEncoding(req)) return { status: 415, sentence: "The body may be gzip or plain." };
  return undefined;
}

function serviceOf(request: GitRequest): GitService {
  if (request.action === "info-refs") return request.service;
  return request.action === "upload-pack" ? "git-upload-pack" : "git-receive-pack";
}

function protocolOf(req: IncomingMessage, request: GitRequest): GitProtocol {
  if (serviceOf(request) === "git-receive-pack") return "v0";
  if (!("wants" in request) || request.wants !== "any") return "v0";
  const header = req.headers["git-protocol"];
  return typeof header === "string" && header.split(":").includes("version=2") ? "v2" : "v0";
}
