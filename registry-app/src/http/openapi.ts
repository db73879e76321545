import swagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { App } from "./app.ts";

/** Collects the schemas of the routes that are added after it. */
export async function collectOpenapi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Assay",
        version: "1",
        description:
          "What a registry of agent skills knows. Publishing is a push of a signed tag; all that is written here is the wish for another run of evals. " +
          "Errors are RFC 9457 problems with a stable `code`. Private things need `Authorization: Bearer <token>`.",
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{}, { token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

/** The description for machines and the page for people. */
export function addOpenapiRoutes(app: App): void {
  const options = { schema: { hide: true } };
  app.get("/api/openapi.json", options, async (_request, reply) =>
    reply.header("cache-control", "no-cache").send(app.swagger()),
  );
  app.get("/api/docs", options, async (_request, reply) =>
    reply
      .header("cache-control", "no-cache")
      .type("text/html; charset=utf-8")
      .send(renderPage(listOperations(app.swagger()))),
  );
}

type Operation = { readonly method: string; readonly path: string; readonly summary: string };

function listOperations(description: object): Operation[] {
  const { paths = {} } = description as {
    paths?: Record<string, Record<string, { summary?: string }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== "head")
      .map(([method, { summary = "" }]) => ({ method: method.toUpperCase(), path, summary })),
  );
}

function renderPage(operations: readonly Operation[]): string {
  const rows = operations.map(
    ({ method, path, summary }) =>
      `<tr><td>${escape(method)}</td><td><code>${escape(path)}</code></td><td>${escape(summary)}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Assay API</title>
<meta name="viewport" content="width=device-width"></head><body><main><h1>Assay API</h1>
<p>Described in full by <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1).</p>
<table><thead><tr><th>Method</th><th>Address</th><th>Answers</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></main></body></html>
`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
