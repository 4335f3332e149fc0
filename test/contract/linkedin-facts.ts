import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { EmulatorRequest } from "#emulator";
import { specs } from "../support/specs.ts";

const file = join(specs, "linkedin.facts.json");

/** What is read of the facts; no official schema of LinkedIn's API exists. */
const factsSchema = z.object({
  headers: z.object({ "X-Restli-Protocol-Version": z.string() }),
  versions: z.object({ latest_seen: z.string(), active_until: z.record(z.string(), z.iso.date()) }),
  posts: z.object({
    create: z.object({
      path: z.string(),
      required: z.array(z.string()),
      author: z.string(),
      visibility: z.array(z.string()),
      lifecycleState_on_create: z.array(z.string()),
      distribution: z.object({ feedDistribution: z.array(z.string()) }),
      content: z.record(z.string(), z.record(z.string(), z.string())),
      commentary: z.object({ max: z.number() }),
    }),
  }),
  images: z.object({ init: z.object({ path: z.string() }) }),
  organizationAcls: z.object({ role: z.array(z.string()), state: z.array(z.string()) }),
});
type Facts = z.output<typeof factsSchema>;

/** What the facts have against a request, for the emulator's validator; null, said aloud, where they are absent. */
export function linkedInFacts(): ((request: EmulatorRequest) => string[]) | null {
  if (!existsSync(file)) {
    process.stderr.write(`LinkedIn's facts are not at ${file}: requests are not validated against them.\n`);
    return null;
  }
  const facts = factsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const post = postSchema(facts);
  const upload = z.strictObject({ initializeUploadRequest: z.looseObject({ owner: authorOf(facts) }) });
  return (request) => {
    if (!request.path.startsWith("/rest/")) return [];
    const problems = headerProblems(facts, request);
    const at = `${request.method} ${request.path}`;
    if (at === `POST ${facts.posts.create.path}`) return [...problems, ...bodyProblems(post, request)];
    if (at === `POST ${URL.parse(facts.images.init.path, "https://x.invalid")?.pathname ?? ""}`) {
      return [...problems, ...bodyProblems(upload, request)];
    }
    if (/^POST \/rest\/socialActions\/.+\/comments$/.test(at)) {
      return [...problems, ...bodyProblems(commentSchema(facts), request)];
    }
    if (at === "GET /rest/organizationAcls") return [...problems, ...aclProblems(facts, request)];
    return problems;
  };
}

function authorOf(facts: Facts) {
  return z.string().regex(new RegExp(facts.posts.create.author));
}

function headerProblems(facts: Facts, { headers }: EmulatorRequest): string[] {
  const problems: string[] = [];
  const version = headers["linkedin-version"];
  if (typeof version !== "string" || !/^\d{4}(?:0[1-9]|1[0-2])$/.test(version)) {
    problems.push("LinkedIn-Version is not YYYYMM");
  } else if (version > facts.versions.latest_seen) {
    problems.push(`LinkedIn-Version ${version} is newer than any that was seen`);
  }
  if (headers["x-restli-protocol-version"] !== facts.headers["X-Restli-Protocol-Version"]) {
    problems.push("X-Restli-Protocol-Version is missing");
  }
  if (!/^Bearer \S+$/.test(headers.authorization ?? "")) problems.push("Authorization is no bearer token");
  return problems;
}

function postSchema(facts: Facts) {
  const { create } = facts.posts;
  const media = z.string().regex(/^urn:li:(?:image|video|document):[A-Za-z0-9_-]+$/);
  const image = z.string().regex(/^urn:li:image:[A-Za-z0-9_-]+$/);
  const urns: Record<string, z.ZodType> = { id: media, thumbnail: image, source: z.url() };
  const union: Record<string, z.ZodType> = {};
  for (const [name, fields] of Object.entries(create.content)) {
    if (name === "multiImage") continue;
    const shape = Object.fromEntries(
      Object.keys(fields).map((field) => [field, (urns[field] ?? z.string().min(1)).optional()]),
    );
    union[name] = z.strictObject(shape);
  }
  const images = /^(\d+)-(\d+)/.exec(create.content["multiImage"]?.["images"] ?? "") ?? [];
  union["multiImage"] = z.strictObject({
    images: z
      .array(z.strictObject({ id: image, altText: z.string().min(1).optional() }))
      .min(Number(images[1]))
      .max(Number(images[2])),
  });
  const known: Record<string, z.ZodType> = {
    author: authorOf(facts),
    // Twice the room: escaped characters count once, and each may be one.
    commentary: z.string().max(create.commentary.max * 2),
    visibility: z.enum(create.visibility),
    lifecycleState: z.enum(create.lifecycleState_on_create),
    distribution: z.strictObject({
      feedDistribution: z.enum(create.distribution.feedDistribution),
      targetEntities: z.array(z.unknown()).optional(),
      thirdPartyDistributionChannels: z.array(z.unknown()).optional(),
    }),
    content: z
      .strictObject(
        Object.fromEntries(Object.entries(union).map(([name, schema]) => [name, schema.optional()])),
      )
      .refine((content) => Object.keys(content).length === 1, "exactly one kind of content"),
    isReshareDisabledByAuthor: z.boolean(),
  };
  return z.strictObject(
    Object.fromEntries(
      Object.entries(known).map(([name, schema]) => [
        name,
        create.required.includes(name) ? schema : schema.optional(),
      ]),
    ),
  );
}

function commentSchema(facts: Facts) {
  return z.strictObject({
    actor: authorOf(facts),
    object: z.string().regex(/^urn:li:(?:share|ugcPost|activity):\d+$/),
    message: z.strictObject({ text: z.string().min(1).max(1250) }),
  });
}

function aclProblems({ organizationAcls }: Facts, { query }: EmulatorRequest): string[] {
  const role = query.get("role");
  const state = query.get("state");
  return [
    ...(query.get("q") === "roleAssignee" ? [] : ["q is roleAssignee"]),
    ...(role === null || organizationAcls.role.includes(role) ? [] : [`no role ${role}`]),
    ...(state === null || organizationAcls.state.includes(state) ? [] : [`no state ${state}`]),
  ];
}

function bodyProblems(schema: z.ZodType, { body }: EmulatorRequest): string[] {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return ["the body is no JSON"];
  }
  const parsed = schema.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `/${issue.path.join("/")} ${issue.message}`);
}
