import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifySchema } from "fastify";
import { z } from "zod";
import type { Access } from "#platform/wire";
import { documentedSchema } from "../input/schemas.ts";

export type OpenApiOptions = { version: string; publicUrl: string; cookieName: string };

const problemSchema = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "requestId", "retryable", "errors"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "What is wrong and what to do." },
    code: { type: "string", description: "Stable, for programs, such as `desk.version_conflict`." },
    requestId: { type: "string" },
    retryable: { type: "boolean", description: "The same call may succeed later without a change." },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "code", "message"],
        properties: {
          path: { type: "string", description: "A JSON Pointer (RFC 6901) into the input." },
          code: { type: "string" },
          message: { type: "string" },
        },
      },
    },
  },
};

const introduction = `Galley drafts, people approve, and every approved post is published exactly once.

Sign in with \`POST /api/v1/sessions\`: browsers get a cookie; programs send \`"transport": "bearer"\` and put the
answer's \`Set-Auth-Token\` into \`Authorization: Bearer\`. The header \`Galley-Workspace\` chooses the workspace.
Errors are problem documents (RFC 9457). Lists are pages: pass \`next\` as \`cursor\`. A POST honours
\`Idempotency-Key\` wherever a second one would do more than the first.`;

/** Collects the routes into OpenAPI 3.1 at `/openapi.json`. Register it before the routes. */
export async function describeApi(
  app: FastifyInstance,
  { version, publicUrl, cookieName }: OpenApiOptions,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Galley",
        version,
        description: introduction,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: {
          cookie: { type: "apiKey", in: "cookie", name: cookieName },
          bearer: { type: "http", scheme: "bearer" },
        },
      },
    },
    transform: ({ schema, url, route }) => ({
      // What is not part of the versioned API serves browsers and operators.
      schema: url.startsWith("/api/") ? documented(schema ?? {}, route.config?.access) : { hide: true },
      url,
    }),
  });

  app.get("/openapi.json", { config: { access: "public" }, schema: { hide: true } }, () => app.swagger());
}

function documented(schema: FastifySchema, access: Access | undefined): FastifySchema {
  const { body, querystring, params, response, ...rest } = schema;
  const isPublic = access === "public";
  const note = needs(access);
  // For programs, which do not read sentences.
  const extension = { "x-access": access };
  return {
    ...note,
    ...rest,
    ...extension,
    // Said of public ones too: none is meant, and not forgotten.
    security: isPublic ? [] : [{ cookie: [] }, { bearer: [] }],
    ...(body instanceof z.ZodType ? { body: documentedSchema(body, "input") } : {}),
    ...(querystring instanceof z.ZodType ? { querystring: documentedSchema(querystring, "input") } : {}),
    ...(params instanceof z.ZodType ? { params: documentedSchema(params, "input") } : {}),
    response: { ...documentedResponses(response), "4xx": problemResponse, default: problemResponse },
  };
}

function needs(access: Access | undefined): { description?: string } {
  if (access === undefined || access === "public" || access === "session") return {};
  if (access === "installation") return { description: "For admins of the installation." };
  return { description: `Needs the permission \`${access}\`.` };
}

const problemResponse = {
  description: "A problem (RFC 9457).",
  content: { "application/problem+json": { schema: problemSchema } },
};

function documentedResponses(response: unknown): Record<string, unknown> {
  const entries = Object.entries(typeof response === "object" && response !== null ? response : {});
  return Object.fromEntries(
    entries.map(([status, schema]: [string, unknown]) => {
      if (schema instanceof z.ZodNull) return [status, { description: "Done; no content.", type: "null" }];
      if (!(schema instanceof z.ZodType)) return [status, schema];
      return [status, { description: "Success.", ...documentedSchema(schema, "output") }];
    }),
  );
}
