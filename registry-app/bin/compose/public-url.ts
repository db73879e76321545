import type { Config } from "../../src/runtime/index.ts";
import { findRunning } from "./running.ts";

/** Where people reach this registry: as configured, else where its server listens now, else where it would. */
export async function findPublicUrl(config: Config): Promise<string> {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const running = await findRunning(config);
  return running?.url ?? localUrl(config.host, config.port);
}

export function localUrl(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
