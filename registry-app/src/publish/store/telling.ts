/** What is noted of something that a host was told. */
export type Told = { readonly externalId: string; readonly at: Date };
/** What is noted of something that a host could not be told, and when to try again. */
export type Untold = {
  readonly attempts: number;
  readonly problem: string;
  readonly notBefore: Date;
  readonly at: Date;
};

/** The columns of a row after its host was told. */
export function toldColumns(said: string, { externalId, at }: Told) {
  const done = { attempts: 0, not_before: null, problem: null };
  return { said, external_id: externalId, ...done, updated_at: at };
}

/** The columns of a row whose host could not be told, and those that it begins with where it is new. */
export function untoldColumns({ attempts, problem, notBefore, at }: Untold) {
  const changed = { attempts: attempts + 1, not_before: notBefore, problem, updated_at: at };
  return { changed, fresh: { said: "", external_id: null, ...changed } };
}
