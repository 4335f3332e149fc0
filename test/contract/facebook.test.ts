import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ConnectorContext, DeliveryInput, MediaFile, Published, VariantContent } from "#connectors";
import { connectorContract } from "./connector-suite.ts";
import { failureOf } from "./failure-of.ts";
import { coverageOf, matchesIn, since, told } from "./located.ts";
import { metaFaults, specificationCheck, startMetaHarness } from "./meta.ts";
import type { MetaHarness } from "./meta.ts";

connectorContract<MetaHarness>("facebook", {
  start: () => startMetaHarness("facebook"),
  options: {},
  threads: false,
  enforcesTextLimit: true,
  idempotent: false,
  refusesDuplicates: true,
  faults: metaFaults(),
});

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

function file(altText: string, bytes: Buffer = png, mimeType = "image/png"): MediaFile {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    mediaId: randomUUID(),
    sha256,
    mimeType,
    bytes: bytes.length,
    width: 1,
    height: 1,
    durationMs: mimeType.startsWith("video/") ? 3_000 : null,
    pages: null,
    altText,
    publicUrl: `http://127.0.0.1:9/${sha256}`,
    read: () => Promise.resolve(bytes),
    // oxlint-disable-next-line require-await -- a generator is the shortest asynchronous list
    chunks: async function* chunks(size) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
}

/** A file that says it is a video, as far as its first bytes go. */
function video(bytes: number): Buffer {
  const content = Buffer.alloc(bytes, 7);
  content.write("\0\0\0\x18ftypmp42", 0, "latin1");
  return content;
}

function input(fields: Partial<VariantContent>, media: MediaFile[] = []): DeliveryInput {
  return {
    deliveryId: randomUUID(),
    dueAt: new Date(),
    media,
    variant: {
      parts: [`note ${randomUUID()}`],
      link: null,
      firstComment: null,
      options: {},
      media: media.map(({ mediaId, altText }) => ({ mediaId, altText })),
      ...fields,
    },
  };
}

describe("a Page of Facebook", () => {
  let harness: MetaHarness;
  beforeAll(async () => {
    harness = await startMetaHarness("facebook");
  });
  afterAll(async () => {
    expect(await harness.violations()).toEqual([]);
    await harness.close();
  });
  beforeEach(async () => {
    await harness.faults();
  });

  /** Prepares and commits every item, as delivery does. */
  async function publish(given: DeliveryInput, context: () => ConnectorContext = () => harness.context()) {
    const { connector } = harness;
    const plan = await connector.prepare(context(), given);
    const published: Published[] = [];
    for (const index of plan.items.keys()) {
      const item = { index, key: `${given.deliveryId}/${index}`, published: [...published] };
      published.push(await connector.commit(context(), plan, item));
    }
    return { plan, published };
  }

  async function located(
    plan: Awaited<ReturnType<typeof publish>>["plan"],
    index: number,
    published: Published[],
    sentAt: Date,
  ) {
    const { locate } = harness.connector;
    if (locate === "unsupported") throw new TypeError("Facebook can be read back");
    const found = await locate(harness.context(), plan, { index, key: "", published }, since(sentAt));
    if (found === "unsupported") throw new TypeError("Facebook can be read back");
    return found;
  }

  it("publishes a link as a card, with the text as it was written", async () => {
    const link = `https://example.com/${randomUUID()}`;
    const given = input({ link });
    const sentAt = new Date();
    const { plan, published } = await publish(given);
    const post = (await harness.journal()).find(({ text }) => text.includes(link));
    expect(post?.text).toBe(`${given.variant.parts[0] ?? ""}\n${link}`);
    const found = await located(plan, 0, [], sentAt);
    expect(matchesIn(found).map(({ externalId }) => externalId)).toEqual([published[0]?.externalId]);
  });

  it("finds a card by what its link means, however it is spelled, and by nothing else", async () => {
    const text = `note ${randomUUID()}`;
    const path = randomUUID();
    const sentAt = new Date();
    const { plan, published } = await publish(
      input({ parts: [text], link: `HTTPS://Example.com:443/${path}/ü` }),
    );
    const other = await publish(input({ parts: [text], link: `https://example.com/${path}` }));
    for (const one of [{ plan, published }, other]) {
      const found = await located(one.plan, 0, [], sentAt);
      expect(matchesIn(found).map(({ externalId }) => externalId)).toEqual([one.published[0]?.externalId]);
    }
  });

  it("publishes an album in its order, each photo with its alt text, and one post", async () => {
    const altTexts = ["a pot of soup", "", "„das Haus“, 日本"];
    const given = input(
      {},
      altTexts.map((altText) => file(altText)),
    );
    const sentAt = new Date();
    const { plan, published } = await publish(given);
    const seen = (await harness.journal()).filter(({ text }) => text.includes(given.variant.parts[0] ?? ""));
    expect(seen.map((post) => post.altTexts)).toEqual([altTexts]);
    const found = await located(plan, 0, [], sentAt);
    expect(matchesIn(found).map(({ externalId }) => externalId)).toEqual([published[0]?.externalId]);
  });

  it("tells its own album from an equal one", async () => {
    const text = `note ${randomUUID()}`;
    const sentAt = new Date();
    const first = await publish(input({ parts: [text] }, [file("one")]));
    const second = await publish(input({ parts: [text] }, [file("one")]));
    const found = await located(second.plan, 0, [], sentAt);
    expect(matchesIn(found).map(({ externalId }) => externalId)).toEqual([second.published[0]?.externalId]);
    expect(matchesIn(found)[0]?.externalId).not.toBe(first.published[0]?.externalId);
  });

  it("uploads a video in pieces, publishes it by the last request, and finds it by its id", async () => {
    const bytes = video(2_500_000);
    const given = input({}, [file("", bytes, "video/mp4")]);
    const { connector } = harness;
    const text = given.variant.parts[0] ?? "";
    const plan = await connector.prepare(harness.context(), given);
    const count = async (): Promise<number> =>
      (await harness.journal()).filter((post) => post.text.includes(text)).length;
    expect(await count()).toBe(0);
    const item = { index: 0, key: "", published: [] };
    const sentAt = new Date();
    await harness.faults({ kind: "lost_answer", on: "create" });
    expect(await failureOf(connector.commit(harness.context(), plan, item))).toMatchObject({
      verdict: "unknown",
    });
    expect(await count()).toBe(1);
    const found = await located(plan, 0, [], sentAt);
    expect(matchesIn(found)).toHaveLength(1);
    // A second finish of the same upload publishes nothing, and is read back once more.
    expect(await failureOf(connector.commit(harness.context(), plan, item))).toMatchObject({
      verdict: "rejected",
      code: "facebook.duplicate",
    });
    expect(await count()).toBe(1);
  });

  it("refuses a file that is no video before anything is public, with the reason", async () => {
    const given = input({}, [file("", Buffer.alloc(2_000, 1), "video/mp4")]);
    const failure = await failureOf(harness.connector.prepare(harness.context(), given));
    expect(failure).toMatchObject({ verdict: "rejected" });
    expect(failure.message).toContain("format");
  });

  it("refuses a file that is no image, with the reason", async () => {
    const given = input({}, [file("", Buffer.from("<svg/>"), "image/png")]);
    const failure = await failureOf(harness.connector.prepare(harness.context(), given));
    expect(failure).toMatchObject({ verdict: "rejected" });
    expect(failure.message).toContain("JPG");
  });

  it("puts the first comment under the post, and finds it again after a lost answer", async () => {
    const comment = `comment ${randomUUID()}`;
    const given = input({ firstComment: comment });
    const { connector } = harness;
    const plan = await connector.prepare(harness.context(), given);
    const post = await connector.commit(harness.context(), plan, { index: 0, key: "", published: [] });
    const sentAt = new Date();
    const before = await located(plan, 1, [post], sentAt);
    expect(matchesIn(before)).toEqual([]);
    expect(coverageOf(before)?.getTime()).toBeLessThanOrEqual(sentAt.getTime());
    await harness.faults({ kind: "lost_answer", on: "create" });
    const item = { index: 1, key: "", published: [post] };
    expect(await failureOf(connector.commit(harness.context(), plan, item))).toMatchObject({
      verdict: "unknown",
    });
    const after = await located(plan, 1, [post], sentAt);
    const seen = (await harness.journal()).find(({ text }) => text === comment);
    expect(matchesIn(after).map(({ externalId }) => externalId)).toEqual([seen?.id]);
    expect(seen).toMatchObject({ kind: "comment", inReplyTo: post.externalId });
  });

  it("says before anything is public that the comment's permission is missing", async () => {
    const { accounts } = await harness.login({ declined: ["pages_manage_engagement"] });
    const account = accounts[0];
    if (!account) throw new TypeError("there is a Page");
    const context = harness.contextWith({ credentials: account.credentials, scopes: account.scopes });
    const failure = await failureOf(harness.connector.prepare(context, input({ firstComment: "first" })));
    expect(failure).toMatchObject({ verdict: "rejected", code: "facebook.permission_missing" });
    expect(failure.message).toContain("pages_manage_engagement");
    const without = input({});
    const plan = await harness.connector.prepare(context, without);
    await harness.connector.commit(context, plan, { index: 0, key: "", published: [] });
    expect((await harness.journal()).filter(({ text }) => text === without.variant.parts[0])).toHaveLength(1);
  });

  it("keeps an album whole when the token is revoked between its photos", async () => {
    const photos = [file("one"), file("two"), file("three")];
    let reads = 0;
    const revoking = photos.map((photo) => ({
      ...photo,
      read: async () => {
        reads += 1;
        if (reads === 2) await harness.control("POST", "revoke-tokens");
        return photo.read();
      },
    }));
    const given = input({}, revoking);
    const failure = await failureOf(harness.connector.prepare(harness.context(), given));
    expect(failure).toMatchObject({ verdict: "unauthorized", refreshable: false });
    expect(failure.message).toContain("removed");
    expect((await harness.journal()).filter(({ text }) => text === given.variant.parts[0])).toEqual([]);
    await harness.connect();
    await publish(given);
    const seen = (await harness.journal()).filter(({ text }) => text === given.variant.parts[0]);
    expect(seen.map((post) => post.altTexts)).toEqual([["one", "two", "three"]]);
  });

  it("waits as long as the usage header says", async () => {
    const given = input({});
    const plan = await harness.connector.prepare(harness.context(), given);
    await harness.faults({ kind: "throttle", on: "create", delayMs: 240_000 });
    const commit = harness.connector.commit(harness.context(), plan, { index: 0, key: "", published: [] });
    expect(await failureOf(commit)).toMatchObject({ verdict: "throttled", retryAfterSeconds: 240 });
  });

  it("finds a post whatever the order of the listing, and does not call a lagging one absent for ever", async () => {
    const sentAt = new Date();
    await publish(input({}));
    await harness.faults({ kind: "listing_lag", on: "create", delayMs: 700 });
    const given = input({});
    const { plan, published } = await publish(given);
    expect(matchesIn(await located(plan, 0, [], sentAt))).toEqual([]);
    await harness.faults({ kind: "reordered_listing", on: "list", remaining: null });
    await expect
      .poll(async () => matchesIn(await located(plan, 0, [], sentAt)).map(({ externalId }) => externalId))
      .toEqual([published[0]?.externalId]);
  });

  it("reads as many pages as it takes, and says how far back it has seen", async () => {
    const sentAt = new Date();
    const early = input({});
    const { plan, published } = await publish(early);
    const { headers, proof } = harness.signed();
    for (let count = 0; count < 120; count += 1) {
      const body = new URLSearchParams({ message: `filler ${randomUUID()}`, appsecret_proof: proof });
      await harness.fetch(`/v26.0/${harness.account.account.accountId}/feed`, {
        method: "POST",
        headers,
        body,
      });
    }
    const found = await located(plan, 0, [], sentAt);
    expect(matchesIn(found).map(({ externalId }) => externalId)).toEqual([published[0]?.externalId]);
    expect(coverageOf(found)?.getTime()).toBeLessThanOrEqual(sentAt.getTime());

    // Ordered anew after its first page, the listing shows old posts twice and the newest never.
    const newest = await publish(input({}));
    await harness.faults({ kind: "reordered_listing", on: "list" });
    expect(told(await located(newest.plan, 0, [], sentAt))).toEqual({ matches: [], coversFrom: null });
  });

  it("looks into the app's values, the token and the version that answers", async () => {
    const { inspect } = harness.connector;
    if (!inspect) throw new TypeError("Facebook can be inspected");
    expect(await inspect(harness.context())).toEqual([]);
    const codes = async (settings: ConnectorContext["settings"]): Promise<string[]> =>
      (await inspect(harness.contextWith({ settings: { ...harness.settings, ...settings } }))).map(
        ({ code }) => code,
      );
    expect(await codes({ clientSecret: " 0123" })).toEqual(["facebook.app_secret_shape"]);
    expect(await codes({ clientId: "galley" })).toEqual(["facebook.app_id_shape"]);
    expect(await codes({ version: "v19.0" })).toEqual(["facebook.version_rolled"]);
    await harness.control("POST", "expire-tokens");
    expect(await codes({})).toContain("facebook.token_invalid");
    await harness.connect();
  });
});

describe("Meta's specification", () => {
  it("is a check that a wrong request does not pass", async (test) => {
    if (specificationCheck() === undefined) {
      test.skip();
      return;
    }
    const harness = await startMetaHarness("facebook");
    const { accountId } = harness.account.account;
    const path = `/v26.0/${accountId}/feed`;
    const wrong: [string, string][] = [
      ["mesage=typo", "no parameter mesage"],
      ["message=x&formatting=HTML", "formatting is none of"],
      ["message=x&published=yes", "published is no bool"],
      ["message=x&attached_media[0]=12", "attached_media is no Object"],
    ];
    for (const [body, problem] of wrong) {
      const answer = await harness.fetch(path, {
        method: "POST",
        headers: { ...harness.signed().headers, "content-type": "application/x-www-form-urlencoded" },
        body,
      });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ error: { code: 100 } });
      expect((await harness.violations()).at(-1)).toContain(problem);
    }
    expect(await harness.fetch(`/v26.0/${accountId}/nowhere`)).toMatchObject({ status: 400 });
    expect((await harness.violations()).at(-1)).toContain("no GET /nowhere");
    await harness.fetch("/v26.0/17843001/media_publish", {
      method: "POST",
      headers: harness.signed().headers,
    });
    expect((await harness.violations()).at(-1)).toContain("creation_id is missing");
    await harness.fetch(`/v26.0/${accountId}?fields=id,nonsense`);
    expect((await harness.violations()).at(-1)).toContain("no field nonsense");
    expect(await harness.journal()).toEqual([]);
    await harness.close();
  });
});
