import { randomBytes, randomUUID } from "node:crypto";

/** The only source of chance. */
export type Ids = {
  /** A row id: UUID version 4. */
  next(): string;
  /** Unguessable bytes for a secret, as base64url. */
  secret(sizeBytes: number): string;
};

export const systemIds: Ids = {
  next: () => randomUUID(),
  secret: (sizeBytes) => randomBytes(sizeBytes).toString("base64url"),
};
