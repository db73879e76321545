/** Every reason for which Assay tells a person "no, and here is what to do". The HTTP status travels with the code. */
export const REFUSALS = {
  "bad-request": 400,
  "not-signed-in": 401,
  "not-allowed": 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  unprocessable: 422,
  "too-many-requests": 429,
  unavailable: 503,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Thrown when a person asked for something that cannot be: `message` and `hint` are for them, `detail` for the log. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly hint: string | undefined;
  readonly detail: Record<string, unknown>;

  constructor(
    code: RefusalCode,
    message: string,
    hint?: string,
    detail: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.hint = hint;
    this.detail = detail;
  }

  get status(): number {
    return REFUSALS[this.code];
  }
}

/** Thrown by a job that no retry can help: the queue parks it as a dead letter and a person is told. */
export class Stalled extends Error {
  readonly detail: Record<string, unknown>;

  constructor(message: string, detail: Record<string, unknown> = {}) {
    super(message);
    this.name = "Stalled";
    this.detail = detail;
  }
}
