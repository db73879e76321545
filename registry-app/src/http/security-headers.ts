/** On every answer, whoever wrote it. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
} as const;

/** On answers that are no pages: should a browser show one, nothing in it loads or runs. */
export const INERT =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
