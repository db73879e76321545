/** SQLSTATE class 22, "data exception": the value itself is refused, so that asking again cannot help. */
const DATA_EXCEPTION = /^22/;

/** Is this an error about a value that Postgres cannot hold, such as a NUL in a text? */
export function isUnstorable(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && DATA_EXCEPTION.test(String(cause.code));
}
