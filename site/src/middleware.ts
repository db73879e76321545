import { defineMiddleware } from "astro:middleware";

/** Headers of every page. The content security policy is Astro's own; these stand beside it. */
export const onRequest = defineMiddleware(async (_context, next) => {
  const response = await next();
  const { headers } = response;
  if (headers.get("content-type") === "text/html") {
    headers.set("content-type", "text/html; charset=utf-8");
  }
  headers.set("cache-control", "private, no-cache");
  headers.set("referrer-policy", "same-origin");
  headers.set("x-content-type-options", "nosniff");
  return response;
});
