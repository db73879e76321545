import Dockerode from "dockerode";

export type Engine = Dockerode;

/** The engine at a DOCKER_HOST address, or at its usual socket. */
export function connectEngine(host: string | undefined): Engine {
  const { protocol, hostname, port, pathname } = new URL(host ?? "unix:///var/run/docker.sock");
  if (protocol === "unix:") return new Dockerode({ socketPath: pathname });
  const secure = protocol === "https:" ? "https" : "http";
  return new Dockerode({ host: hostname, port: port || 2375, protocol: secure });
}

/** An answer of the engine that did not come in time; whatever was asked may still happen. */
class EngineSilent extends Error {}

/** Waits for the engine, but not for ever. */
export async function within<T>(what: string, limitMs: number, asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `the engine did not answer within ${Math.ceil(limitMs / 1000)} s: ${what}`;
    timer = setTimeout(() => reject(new EngineSilent(message)), limitMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    // Its late failure is nobody's any more.
    asked.catch(() => undefined);
  }
}

/** The status of an HTTP answer of the engine that was an error. */
export function statusOf(cause: unknown): number | undefined {
  if (typeof cause !== "object" || cause === null || !("statusCode" in cause)) return undefined;
  return typeof cause.statusCode === "number" ? cause.statusCode : undefined;
}
