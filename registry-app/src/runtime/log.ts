const LEVELS = { debug: 10, info: 20, warn: 30, error: 40, silent: 100 } as const;

export type LogLevel = keyof typeof LEVELS;
export type Fields = Record<string, unknown>;

/** Fields to query, a sentence to read. Never a payload, a token or a mail body. */
export type Log = {
  debug(fields: Fields, sentence: string): void;
  info(fields: Fields, sentence: string): void;
  warn(fields: Fields, sentence: string): void;
  error(fields: Fields, sentence: string): void;
  child(fields: Fields): Log;
};

/** Writes one JSON object a line to `write` (stderr in production), dropping what is below `level`. */
export function createLog(
  level: LogLevel,
  write: (line: string) => void,
  now: () => Date = () => new Date(),
  base: Fields = {},
): Log {
  const at = (name: Exclude<LogLevel, "silent">) => (fields: Fields, sentence: string) => {
    if (LEVELS[name] < LEVELS[level]) return;
    const merged = { time: now().toISOString(), level: name, ...base, ...fields, msg: sentence };
    write(`${JSON.stringify(merged, errorsToText)}\n`);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => createLog(level, write, now, { ...base, ...fields }),
  };
}

export const silentLog: Log = createLog("silent", () => undefined);

function errorsToText(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack };
}
