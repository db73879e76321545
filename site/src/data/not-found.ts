/** The answer for what does not exist and for what this viewer may not see: the two look the same. */
export function notFound(): Response {
  return new Response(null, { status: 404 });
}
