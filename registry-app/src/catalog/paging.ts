/** A page of a list, counted from 1. */
export type Page = { readonly page: number; readonly size: number };

export function windowOf({ page, size }: Page): {
  readonly offset: number;
  readonly limit: number;
} {
  return { offset: (page - 1) * size, limit: size };
}
