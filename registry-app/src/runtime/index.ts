/** What every other module stands on: configuration, log, time, chance, the two named errors, orderly stopping. */
export { systemClock, type Clock } from "./clock.ts";
export { envSchema, readConfig, type Config } from "./config.ts";
export { systemIds, type Ids } from "./ids.ts";
export { createLog, silentLog, type Fields, type Log, type LogLevel } from "./log.ts";
export { REFUSALS, Refusal, Stalled, type RefusalCode } from "./refusal.ts";
export { createShutdown, type Shutdown } from "./shutdown.ts";
