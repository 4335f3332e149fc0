import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type DeliveryInput,
  externalIdIn,
  type ItemRef,
  type MediaFile,
  type Plan,
  type Published,
  type VariantContent,
} from "#connectors";
import { sha256 } from "#kit";
import { coverageOf, matchesIn, since } from "./located.ts";
import { startXHarness, type XHarness } from "./x-harness.ts";
import { xSpecValidator } from "./x-spec.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const gif = Buffer.from("R0lGODlhAQABAAAAACw=", "base64");

/** The head of an MP4 and then anything, as long as asked. */
function mp4(bytes: number): Buffer {
  return Buffer.concat([Buffer.from("\0\0\0\x18ftypmp42"), Buffer.alloc(bytes - 12, 7)]);
}

function fileOf(bytes: Buffer, mimeType: string, altText = ""): MediaFile {
  return {
    mediaId: randomUUID(),
    sha256: sha256(bytes),
    mimeType,
    bytes: bytes.length,
    width: 1,
    height: 1,
    durationMs: mimeType.startsWith("video/") ? 5_000 : null,
    pages: null,
    altText,
    publicUrl: "https://galley.example/media",
    read: () => Promise.resolve(bytes),
    // oxlint-disable-next-line require-await -- a generator is the shortest asynchronous list
    chunks: async function* chunks(size) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
}

function inputOf(variant: Partial<VariantContent>, media: MediaFile[] = []): DeliveryInput {
  return {
    deliveryId: randomUUID(),
    variant: {
      parts: [`note ${randomUUID()}`],
      link: null,
      media: media.map(({ mediaId, altText }) => ({ mediaId, altText })),
      firstComment: null,
      options: {},
      ...variant,
    },
    media,
    dueAt: new Date(),
  };
}

/** More posts than X takes in a quarter of an hour, so that the tests do not wait for one another. */
const roomy = 1_000;

const first: ItemRef = { index: 0, key: "k/0", published: [] };

describe("X", () => {
  let harness: XHarness;
  beforeAll(async () => {
    harness = await startXHarness(xSpecValidator());
    await harness.control("PUT", "x", { postsPerAccount: roomy });
  });
  afterAll(async () => {
    const violations = await harness.violations();
    await harness.close();
    expect(violations).toEqual([]);
  });

  function commit(plan: Plan, item: ItemRef = first): Promise<Published> {
    return harness.connector.commit(harness.context(), plan, item);
  }

  async function publish(variant: Partial<VariantContent>, media: MediaFile[] = []): Promise<Published[]> {
    const plan = await harness.connector.prepare(harness.context(30_000), inputOf(variant, media));
    const published: Published[] = [];
    for (const index of plan.items.keys()) published.push(await commit(plan, { ...first, index, published }));
    return published;
  }

  async function locate(plan: Plan, item: ItemRef, sentAt: Date) {
    if (harness.connector.locate === "unsupported") throw new TypeError("X can be read back");
    const located = await harness.connector.locate(harness.context(), plan, item, since(sentAt));
    if (located === "unsupported") throw new TypeError("X can be read back");
    return located;
  }

  async function read(id: string, fields: string): Promise<Record<string, unknown>> {
    const { url } = harness;
    const token = z.object({ accessToken: z.string() }).parse(harness.context().credentials).accessToken;
    const answer = await harness.context().http.request({
      method: "GET",
      url: `${url}/2/tweets/${id}?post.fields=${fields}`,
      headers: { authorization: `Bearer ${token}` },
    });
    return z
      .object({ data: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(Buffer.from(answer.body).toString())).data;
  }

  it("shows four images, each with its own alt text", async () => {
    const alts = ['One "pixel"', "Zwei", "三", ""];
    const [published] = await publish(
      {},
      alts.map((alt) => fileOf(png, "image/png", alt)),
    );
    const seen = (await harness.journal()).find((post) => post.id === published?.externalId);
    expect(seen?.altTexts).toEqual(alts);
  });

  it("uploads a GIF and waits until X has processed it", async () => {
    const [published] = await publish({}, [fileOf(gif, "image/gif", "It moves")]);
    const seen = (await harness.journal()).find((post) => post.id === published?.externalId);
    expect(seen?.altTexts).toEqual(["It moves"]);
  });

  it("uploads a video in pieces, finds the post again, and says when X cannot use it", async () => {
    const sentAt = new Date();
    const input = inputOf({}, [fileOf(mp4(6_000_000), "video/mp4", "A quiet sea")]);
    const plan = await harness.connector.prepare(harness.context(30_000), input);
    const { externalId } = await commit(plan);
    expect(matchesIn(await locate(plan, first, sentAt)).map((match) => match.externalId)).toEqual([
      externalId,
    ]);

    await harness.control("PUT", "x", { processingFails: true });
    const failed = harness.connector.prepare(
      harness.context(30_000),
      inputOf({}, [fileOf(mp4(100), "video/mp4")]),
    );
    await expect(failed).rejects.toMatchObject({ verdict: "rejected", code: "x.media_failed" });
    await harness.control("PUT", "x", { processingFails: false });
  });

  it(
    "does not post a video before X has processed it, and needs no second upload",
    { timeout: 40_000 },
    async () => {
      await harness.control("PUT", "x", { processingMs: 3_600_000 });
      const input = inputOf({}, [fileOf(mp4(100), "video/mp4", "Slow")]);
      const plan = await harness.connector.prepare(harness.context(30_000), input);
      await expect(commit(plan)).rejects.toMatchObject({ verdict: "not_sent", code: "x.media_pending" });
      await harness.control("PUT", "faults", { faults: [{ kind: "lost_answer", on: "media" }] });
      await expect(commit(plan)).rejects.toMatchObject({ verdict: "not_sent" });
      expect(await harness.journal()).not.toContainEqual(expect.objectContaining({ altTexts: ["Slow"] }));
      await harness.control("PUT", "x", { processingMs: 300, finishProcessing: true });
      const { externalId } = await commit(plan);
      const seen = (await harness.journal()).filter((post) => post.altTexts.includes("Slow"));
      expect(seen.map((post) => post.id)).toEqual([externalId]);
    },
  );

  it("makes no second upload because a question about the first came to nothing", async () => {
    const input = inputOf({}, [fileOf(mp4(100), "video/mp4", "Asked twice")]);
    // The fifth request about media is the first question: opened, sent, ended and described before.
    await harness.control("PUT", "faults", {
      faults: [
        { kind: "slow", on: "media", remaining: 4, delayMs: 1 },
        { kind: "error_before_commit", on: "media" },
      ],
    });
    const plan = await harness.connector.prepare(harness.context(30_000), input);
    const { externalId } = await commit(plan);
    const seen = (await harness.journal()).filter((post) => post.altTexts.includes("Asked twice"));
    expect(seen.map((post) => post.id)).toEqual([externalId]);
  });

  it("chains a thread and answers its first post with the comment", async () => {
    const tag = randomUUID();
    const variant = { parts: [`a ${tag}`, `b ${tag}`, `c ${tag}`], firstComment: `d ${tag}` };
    const published = await publish(variant);
    const seen = (await harness.journal()).filter((post) => post.text.includes(tag));
    const [a, b, c] = published.map((one) => one.externalId);
    expect(seen.map((post) => [post.text[0], post.inReplyTo])).toEqual([
      ["a", null],
      ["b", a],
      ["c", b],
      ["d", a],
    ]);
    expect(c).toBe(seen[2]?.id);
  });

  it("carries who may reply and what must be disclosed, on the first post", async () => {
    const options = { whoCanReply: "Accounts you mention", paidPartnership: "Yes", madeWithAi: "No" };
    const tag = randomUUID();
    const [root, reply] = await publish({ parts: [`root ${tag}`, `reply ${tag}`], options });
    expect(await read(root?.externalId ?? "", "reply_settings")).toMatchObject({
      reply_settings: "mentionedUsers",
    });
    expect(await read(reply?.externalId ?? "", "reply_settings")).toMatchObject({
      reply_settings: "everyone",
    });
  });

  it("finds what stands on the second page of the timeline", async () => {
    const sentAt = new Date();
    const input = inputOf({});
    const plan = await harness.connector.prepare(harness.context(), input);
    const { externalId } = await commit(plan);
    for (let count = 0; count < 120; count += 1) await publish({});
    const located = await locate(plan, first, sentAt);
    expect(matchesIn(located).map((match) => match.externalId)).toEqual([externalId]);
    expect(coverageOf(located)?.getTime()).toBeLessThanOrEqual(sentAt.getTime());
  });

  it("does not see what the listing does not hold yet, and sees a ghost twice", async () => {
    await harness.control("PUT", "faults", {
      faults: [{ kind: "listing_lag", on: "create", delayMs: 60_000 }],
    });
    const sentAt = new Date();
    const late = await harness.connector.prepare(harness.context(), inputOf({}));
    await commit(late);
    expect(matchesIn(await locate(late, first, sentAt))).toEqual([]);

    await harness.control("PUT", "faults", { faults: [{ kind: "ghost_duplicate", on: "create" }] });
    const twice = await harness.connector.prepare(harness.context(), inputOf({}));
    const { externalId } = await commit(twice);
    const ids = matchesIn(await locate(twice, first, sentAt)).map((match) => match.externalId);
    expect(ids).toHaveLength(2);
    expect(ids).toContain(externalId);
  });

  it("tells how long X wants to be left alone", async () => {
    const plan = await harness.connector.prepare(harness.context(), inputOf({}));
    await harness.control("PUT", "x", { postsPerAccount: 0 });
    const failed = commit(plan);
    await expect(failed).rejects.toMatchObject({ verdict: "throttled", code: "x.throttled" });
    const seconds = await failed.catch((error: { retryAfterSeconds?: number }) => error.retryAfterSeconds);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(900);
    await harness.control("PUT", "x", { postsPerAccount: roomy });
  });

  it.each([
    ["suspended", "x.account_suspended", "Appeal"],
    ["locked", "x.account_locked", "Sign in at x.com"],
    ["app-read-only", "x.app_read_only", "Read and write"],
    ["client-forbidden", "x.app_not_enrolled", "pay-per-use"],
    ["credits", "x.no_credits", "Buy credits"],
    ["usage-capped", "x.usage_cap", "spending limit"],
  ])("says what to do when X answers %s", async (trouble, code, words) => {
    const plan = await harness.connector.prepare(harness.context(), inputOf({}));
    await harness.control("PUT", "x", { trouble });
    const failed = commit(plan);
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(words);
    await harness.control("PUT", "x", { trouble: null });
  });

  it("publishes without images where the person left out media.write", async () => {
    const tokens = await harness.connect(["media.write"]);
    expect(tokens.scopes).not.toContain("media.write");
    await publish({});
    const failed = harness.connector.prepare(harness.context(), inputOf({}, [fileOf(png, "image/png")]));
    await expect(failed).rejects.toMatchObject({ verdict: "rejected", code: "x.permission_missing" });
    await harness.connect();
  });

  it("cannot be read back without tweet.read", async () => {
    const plan = await harness.connector.prepare(harness.context(), inputOf({}));
    const context = { ...harness.context(), scopes: ["tweet.write", "users.read"] };
    if (harness.connector.locate === "unsupported") throw new TypeError("X can be read back");
    expect(await harness.connector.locate(context, plan, first, since(new Date()))).toBe("unsupported");
  });

  it("uses each refresh token once; a second use ends everything", async () => {
    const old = harness.context();
    const { expiresAt } = await harness.refresh();
    expect(expiresAt?.getTime()).toBeGreaterThan(Date.now() + 7_100_000);
    await expect(harness.connector.connect.refresh?.(old)).rejects.toMatchObject({
      verdict: "unauthorized",
      code: "x.access_ended",
    });
    await expect(harness.refresh()).rejects.toMatchObject({ code: "x.access_ended" });
    await harness.connect();
  });

  it("does not spend the refresh token where the app's secret is wrong", async () => {
    const context = harness.context();
    const wrong = { ...context, settings: { ...context.settings, clientSecret: "old" } };
    await expect(harness.connector.connect.refresh?.(wrong)).rejects.toMatchObject({
      verdict: "not_sent",
      code: "x.app_refused",
    });
    await harness.refresh();
  });

  it("loses an answer to a refresh truthfully", async () => {
    await harness.control("PUT", "faults", { faults: [{ kind: "lost_answer", on: "token" }] });
    await expect(harness.refresh()).rejects.toMatchObject({ verdict: "unknown" });
    await harness.connect();
  });

  it("withdraws the access when a channel is disconnected", async () => {
    const context = harness.context();
    await harness.connector.connect.revoke?.(context);
    await expect(harness.connector.probe(context)).rejects.toMatchObject({ verdict: "unauthorized" });
    await expect(harness.refresh()).rejects.toMatchObject({ code: "x.access_ended" });
    await harness.connect();
  });

  it("says that nothing can be connected before there is an app", () => {
    const request = {
      redirectUri: "https://galley.example/api/v1/oauth/x/callback",
      state: "s",
      codeChallenge: "c",
      scopes: ["tweet.read"],
      registration: {},
      interactive: true,
    };
    expect(() => harness.connector.connect.authorizeUrl({}, request)).toThrow(/client ID and secret/);
    const url = new URL(harness.connector.connect.authorizeUrl({ clientId: "id" }, request));
    expect(`${url.origin}${url.pathname}`).toBe("https://x.com/i/oauth2/authorize");
    expect(url.search).not.toContain("+");
  });

  it("shows each post at the address that it was told", async () => {
    const [published] = await publish({});
    const answer = await harness.context().http.request({ method: "GET", url: published?.url ?? "" });
    expect(answer.status).toBe(200);
    expect(externalIdIn(harness.connector, published?.url ?? "")).toBe(published?.externalId);
    expect(await harness.connector.inspect?.(harness.context())).toEqual([]);
  });
});
