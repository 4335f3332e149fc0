import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { EmulatorRequest } from "#emulator";
import { startLinkedIn } from "#emulator";
import { specs } from "../support/specs.ts";
import { linkedInFacts } from "./linkedin-facts.ts";

const validate = linkedInFacts();

const good = {
  author: "urn:li:person:abc-1",
  commentary: "Hello",
  visibility: "PUBLIC",
  distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
  lifecycleState: "PUBLISHED",
  isReshareDisabledByAuthor: false,
};
const headers = {
  authorization: "Bearer t",
  "linkedin-version": "202607",
  "x-restli-protocol-version": "2.0.0",
};

function problems(body: unknown, given: Partial<EmulatorRequest> = {}): string[] {
  const request: EmulatorRequest = {
    method: "POST",
    path: "/rest/posts",
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(JSON.stringify(body)),
    ...given,
  };
  return validate?.(request) ?? [];
}

function without(key: keyof typeof good): unknown {
  return Object.fromEntries(Object.entries(good).filter(([name]) => name !== key));
}

describe.skipIf(validate === null)("requests against the facts about LinkedIn", () => {
  it("lets right ones pass", () => {
    expect(problems(good)).toEqual([]);
    expect(problems({ ...good, content: { media: { id: "urn:li:document:D1", title: "Plan" } } })).toEqual(
      [],
    );
    const images = [{ id: "urn:li:image:A" }, { id: "urn:li:image:B", altText: "two" }];
    expect(problems({ ...good, content: { multiImage: { images } } })).toEqual([]);
    const article = { source: "https://example.com/", title: "A title", thumbnail: "urn:li:image:A" };
    expect(problems({ ...good, content: { article } })).toEqual([]);
  });

  it.each(["author", "commentary", "visibility", "distribution", "lifecycleState"] as const)(
    "misses %s",
    (key) => {
      expect(problems(without(key))).toHaveLength(1);
    },
  );

  it.each([
    ["another kind of author", { author: "urn:li:company:1" }],
    ["an author with more in it", { author: "urn:li:person:a/../b" }],
    ["a visibility of its own", { visibility: "EVERYONE" }],
    ["a draft", { lifecycleState: "DRAFT" }],
    ["a feed that is none", { distribution: { feedDistribution: "SIDE_FEED" } }],
    ["a text beyond all limits", { commentary: "x".repeat(6001) }],
    ["a field that LinkedIn does not know", { text: "Hello" }],
    ["no kind of content", { content: {} }],
    [
      "two kinds of content",
      { content: { media: { id: "urn:li:image:A" }, article: { source: "https://a.b" } } },
    ],
    ["a file by its address", { content: { media: { id: "https://example.com/a.png" } } }],
    ["one image as several", { content: { multiImage: { images: [{ id: "urn:li:image:A" }] } } }],
    [
      "a video among images",
      { content: { multiImage: { images: [{ id: "urn:li:video:A" }, { id: "urn:li:image:B" }] } } },
    ],
    ["a card without an address", { content: { article: { source: "example", title: "t" } } }],
  ])("catches %s", (_name, fields) => {
    expect(problems({ ...good, ...fields })).not.toEqual([]);
  });

  it("catches headers that are missing or wrong", () => {
    expect(problems(good, { headers: {} })).toHaveLength(3);
    expect(problems(good, { headers: { ...headers, "linkedin-version": "2026-07" } })).toHaveLength(1);
    expect(problems(good, { headers: { ...headers, "linkedin-version": "209912" } })).toHaveLength(1);
  });

  it("catches wrong comments, uploads and questions about roles", () => {
    const path = "/rest/socialActions/urn%3Ali%3Ashare%3A1/comments";
    const comment = { actor: good.author, object: "urn:li:share:1", message: { text: "First" } };
    expect(problems(comment, { path })).toEqual([]);
    expect(problems({ ...comment, message: { text: "x".repeat(1251) } }, { path })).toHaveLength(1);
    expect(problems({ ...comment, object: "1" }, { path })).toHaveLength(1);
    expect(problems({ owner: good.author }, { path: "/rest/images" })).not.toEqual([]);
    const query = new URLSearchParams({ q: "roleAssignee", role: "OWNER", state: "APPROVED" });
    expect(problems({}, { method: "GET", path: "/rest/organizationAcls", query })).toEqual(["no role OWNER"]);
  });

  it("makes the emulator refuse a wrong request and remember it", async () => {
    if (validate === null) throw new TypeError("skipped without facts");
    const server = await startLinkedIn({ host: "127.0.0.1", port: 0, publicUrl: null, validate });
    try {
      const answer = await fetch(`${server.url}/rest/posts`, { method: "POST", headers, body: "{}" });
      expect(answer.status).toBe(400);
      const told = await fetch(`${server.url}/control/violations`);
      expect(await told.json()).toMatchObject({ violations: expect.arrayContaining([expect.anything()]) });
    } finally {
      await server.close();
    }
  });
});

const samplesFile = join(specs, "linkedin-postman-samples.json");
const samplesSchema = z.object({
  operations: z.array(
    z.object({ method: z.string(), path: z.string(), requestSample: z.unknown().optional() }),
  ),
});

/** LinkedIn's own samples, with numbers in their placeholders. */
function samples(): { path: string; body: unknown }[] {
  if (!existsSync(samplesFile)) return [];
  const text = readFileSync(samplesFile, "utf8").replaceAll(/\{\{\w+\}\}/g, "5583111");
  return samplesSchema
    .parse(JSON.parse(text))
    .operations.flatMap(({ method, path, requestSample }) =>
      method === "POST" && requestSample !== undefined ? [{ path: `/rest${path}`, body: requestSample }] : [],
    );
}

describe.skipIf(validate === null || samples().length === 0)(
  "the samples in LinkedIn's own collections",
  () => {
    it("pass, so that the facts are no stricter than LinkedIn", () => {
      const judged = samples().filter(({ path }) => path === "/rest/posts" || path === "/rest/images");
      expect(judged.map(({ path }) => path).toSorted()).toEqual(["/rest/images", "/rest/posts"]);
      for (const { path, body } of judged) expect(problems(body, { path })).toEqual([]);
    });
  },
);
