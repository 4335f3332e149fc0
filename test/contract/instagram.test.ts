import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ConnectorHttp, DeliveryInput, MediaFile, Plan, Published, VariantContent } from "#connectors";
import { ConnectorFailure } from "#connectors";
import { connectorContract } from "./connector-suite.ts";
import { failureOf } from "./failure-of.ts";
import { type FileServer, mediaFile, picture, pretendVideo, startFileServer } from "./files.ts";
import { matchesIn, since, told } from "./located.ts";
import { metaFaults, type MetaHarness, startMetaHarness } from "./meta.ts";

async function start(
  settings: Record<string, number> = {},
  processingMs = 60,
): Promise<MetaHarness & { files: FileServer }> {
  const files = await startFileServer();
  const jpeg = await picture(400, 400);
  const publicUrl = files.put(jpeg, "image/jpeg");
  const harness = await startMetaHarness("instagram", {
    requiredImage: mediaFile(jpeg, { mimeType: "image/jpeg", altText: "", publicUrl }),
    settings: { publicUrl: files.origin, pollMs: 20, ...settings },
    origins: [files.origin, files.otherOrigin],
    emulator: { processingMs },
  });
  return {
    ...harness,
    files,
    close: async () => {
      await Promise.all([harness.close(), files.close()]);
    },
  };
}

connectorContract<MetaHarness>("instagram", {
  start: () => start(),
  options: {},
  threads: false,
  enforcesTextLimit: true,
  idempotent: false,
  faults: metaFaults(),
});

describe("an account of Instagram", () => {
  let harness: MetaHarness & { files: FileServer };
  beforeAll(async () => {
    harness = await start();
  });
  afterAll(async () => {
    expect(await harness.violations()).toEqual([]);
    await harness.close();
  });
  beforeEach(async () => {
    await harness.faults();
  });

  async function image(altText: string, size: [number, number] = [400, 400]): Promise<MediaFile> {
    const bytes = await picture(...size);
    const publicUrl = harness.files.put(bytes, "image/jpeg");
    const [width, height] = size;
    return mediaFile(bytes, { mimeType: "image/jpeg", altText, publicUrl, width, height });
  }

  function codes(given: DeliveryInput): string[] {
    return harness.connector.validate(given.variant, given.media).map(({ code }) => code);
  }

  async function publish(given: DeliveryInput): Promise<{ plan: Plan; published: Published[] }> {
    const plan = await harness.connector.prepare(harness.context(), given);
    const published: Published[] = [];
    for (const index of plan.items.keys()) {
      const item = itemOf(index, [...published]);
      published.push(await harness.connector.commit(harness.context(), plan, item));
    }
    return { plan, published };
  }

  async function located(plan: Plan, sentAt: Date, index = 0, published: Published[] = []) {
    const { locate } = harness.connector;
    if (locate === "unsupported") throw new TypeError("Instagram can be read back");
    const found = await locate(harness.context(), plan, itemOf(index, published), since(sentAt));
    if (found === "unsupported") throw new TypeError("Instagram can be read back");
    return found;
  }

  async function seen(given: DeliveryInput) {
    const text = given.variant.parts[0] ?? "";
    return (await harness.journal()).filter((post) => post.text.includes(text));
  }

  it("opens the accounts that are linked to Pages, and says where none is", async () => {
    const { accounts } = await harness.login();
    expect(accounts.map(({ account, kind, problem }) => [account.handle, kind, problem])).toEqual([
      ["@galley.kitchen", "Instagram account", null],
      ["Galley Bookshop", "Page", expect.stringContaining("No Instagram professional account is linked")],
      ["@somebody.else", "Instagram account", expect.stringContaining("Content access")],
    ]);
  });

  it("publishes a carousel in its order, each image with its alt text, as one post", async () => {
    const altTexts = ["a pot of soup", "", "„das Haus“, 日本"];
    const given = input(await Promise.all(altTexts.map((altText) => image(altText))));
    const { published } = await publish(given);
    expect((await seen(given)).map((post) => post.altTexts)).toEqual([altTexts]);
    expect(published[0]?.url).toContain("/p/");
  });

  it("asks for a PNG as a JPEG, which is all that Instagram takes", async () => {
    const png = await picture(400, 400, "png");
    const publicUrl = `${harness.files.put(png, "image/png")}?signature=abc`;
    const file = mediaFile(png, { mimeType: "image/png", altText: "a square", publicUrl });
    const given = input([file]);
    expect(codes(given)).toEqual([]);
    await publish(given);
    expect((await seen(given)).map((post) => post.altTexts)).toEqual([["a square"]]);
  });

  it("publishes a reel once Instagram has processed it", async () => {
    const bytes = pretendVideo(5_000);
    const publicUrl = harness.files.put(bytes, "video/mp4");
    const given = input([mediaFile(bytes, { mimeType: "video/mp4", altText: "", publicUrl })]);
    const sentAt = new Date();
    const { plan, published } = await publish(given);
    expect(await seen(given)).toHaveLength(1);
    const found = await located(plan, sentAt);
    expect(matchesIn(found).map(({ externalId }) => externalId)).toEqual([published[0]?.externalId]);
  });

  it("plans a file that is processed for long, and waits for it without making it anew", async () => {
    const slow = await start({ processingMs: 30, deadlineMs: 100 }, 300);
    const bytes = await picture(400, 400);
    const publicUrl = slow.files.put(bytes, "image/jpeg");
    const given = input([mediaFile(bytes, { mimeType: "image/jpeg", altText: "", publicUrl })]);
    const plan = await slow.connector.prepare(slow.context(), given);
    const early = await failureOf(slow.connector.commit(slow.context(), plan, itemOf(0)));
    expect(early).toMatchObject({ verdict: "not_sent", code: "instagram.processing" });
    await expect
      .poll(() =>
        slow.connector.commit(slow.context(), plan, itemOf(0)).then(
          ({ externalId }) => externalId,
          () => null,
        ),
      )
      .not.toBeNull();
    const containers = (await slow.requests()).filter(
      ({ method, path }) => method === "POST" && path.endsWith("/media"),
    );
    expect(containers).toHaveLength(1);
    expect(await slow.journal()).toHaveLength(1);
    await slow.close();
  });

  it("plans a file about which a question came to nothing, and does not make it anew", async () => {
    const given = input([await image("asked about")]);
    const context = harness.context();
    const lost = new ConnectorFailure({ verdict: "unknown", code: "http.reset", message: "Lost." });
    const http: ConnectorHttp = {
      request: (asked) => (asked.method === "GET" ? Promise.reject(lost) : context.http.request(asked)),
    };
    const plan = await harness.connector.prepare({ ...context, http }, given);
    await harness.connector.commit(context, plan, itemOf(0));
    expect(await seen(given)).toHaveLength(1);
  });

  it("makes an expired container anew, so that a post that waited is not lost", async () => {
    const waiting = await start();
    const first = await image("one");
    const second = await image("two");
    const given = input([first, second]);
    const plan = await waiting.connector.prepare(waiting.context(), given);
    await waiting.control("POST", "clock", { advanceMs: 25 * 3_600_000 });
    const sentAt = new Date(Date.now() + 25 * 3_600_000);
    const published = await waiting.connector.commit(waiting.context(), plan, itemOf(0));
    expect((await waiting.journal()).map((post) => post.altTexts)).toEqual([["one", "two"]]);
    const { locate } = waiting.connector;
    if (locate === "unsupported") throw new TypeError("Instagram can be read back");
    const found = await locate(waiting.context(), plan, itemOf(0), since(sentAt));
    if (found === "unsupported") throw new TypeError("Instagram can be read back");
    expect(matchesIn(found).map(({ externalId }) => externalId)).toEqual([published.externalId]);
    await waiting.close();
  });

  it("says what to do where the file of an expired container is gone as well", async () => {
    const waiting = await start();
    const file = await image("gone");
    const plan = await waiting.connector.prepare(waiting.context(), input([file]));
    await waiting.control("POST", "clock", { advanceMs: 25 * 3_600_000 });
    harness.files.take(file.publicUrl);
    const failure = await failureOf(waiting.connector.commit(waiting.context(), plan, itemOf(0)));
    expect(failure).toMatchObject({ verdict: "rejected" });
    expect(failure.message).toContain("could not be fetched");
    expect(await waiting.journal()).toEqual([]);
    await waiting.close();
  });

  it("never publishes a container twice, whoever asks", async () => {
    const given = input([await image("once")]);
    const { plan } = await publish(given);
    const again = await failureOf(harness.connector.commit(harness.context(), plan, itemOf(0)));
    expect(again).toMatchObject({ verdict: "unknown", code: "instagram.published_already" });
    expect(await seen(given)).toHaveLength(1);
  });

  it("takes the container's word before the listing's: absent while it is not published, open while the listing lags", async () => {
    const given = input([await image("lag")]);
    const plan = await harness.connector.prepare(harness.context(), given);
    const sentAt = new Date();
    await harness.faults({ kind: "reset_before_commit", on: "create" });
    await failureOf(harness.connector.commit(harness.context(), plan, itemOf(0)));
    expect(told(await located(plan, sentAt))).toEqual({ matches: [], coversFrom: new Date(0) });
    await harness.faults({ kind: "late_commit", on: "create", delayMs: 800 });
    await failureOf(harness.connector.commit(harness.context(), plan, itemOf(0)));
    const lagging = await located(plan, sentAt);
    expect(lagging).toMatchObject({ by: "list", isOut: true });
    expect(matchesIn(lagging)).toEqual([]);
    await expect.poll(async () => matchesIn(await located(plan, sentAt)).length, { timeout: 3_000 }).toBe(1);
  });

  it("says that a failed look at the container sent nothing", async () => {
    const given = input([await image("look")]);
    const plan = await harness.connector.prepare(harness.context(), given);
    const context = harness.context();
    const broken = {
      ...context,
      http: {
        request: () =>
          Promise.reject(
            new ConnectorFailure({ verdict: "unknown", code: "egress.reset", message: "reset" }),
          ),
      },
    };
    const failure = await failureOf(harness.connector.commit(broken, plan, itemOf(0)));
    expect(failure).toMatchObject({ verdict: "not_sent" });
  });

  it("puts the first comment under the post, and finds it again after a lost answer", async () => {
    const comment = `comment ${randomUUID()}`;
    const given = input([await image("commented")], { firstComment: comment });
    const { connector } = harness;
    const plan = await connector.prepare(harness.context(), given);
    const post = await connector.commit(harness.context(), plan, itemOf(0));
    const sentAt = new Date();
    expect(matchesIn(await located(plan, sentAt, 1, [post]))).toEqual([]);
    await harness.faults({ kind: "lost_answer", on: "create" });
    const lost = await failureOf(connector.commit(harness.context(), plan, itemOf(1, [post])));
    expect(lost).toMatchObject({ verdict: "unknown" });
    const own = (await harness.journal()).find(({ text }) => text === comment);
    expect(own).toMatchObject({ kind: "comment", inReplyTo: post.externalId });
    const found = await located(plan, sentAt, 1, [post]);
    expect(matchesIn(found).map(({ externalId }) => externalId)).toEqual([own?.id]);
  });

  it("says before anything is public that the comment's permission is missing", async () => {
    const { accounts } = await harness.login({ declined: ["instagram_manage_comments"] });
    const account = accounts[0];
    if (!account) throw new TypeError("there is an account");
    const context = harness.contextWith({ credentials: account.credentials, scopes: account.scopes });
    const given = input([await image("quiet")], { firstComment: "first" });
    const failure = await failureOf(harness.connector.prepare(context, given));
    expect(failure).toMatchObject({ verdict: "rejected", code: "instagram.permission_missing" });
    expect(failure.message).toContain("instagram_manage_comments");
  });

  it("says in plain words what Instagram has against a file, before anything is public", async () => {
    const png = await picture(400, 400, "png");
    const cases: [MediaFile, RegExp][] = [
      [
        mediaFile(png, {
          mimeType: "image/jpeg",
          altText: "",
          publicUrl: harness.files.put(png, "image/png"),
        }),
        /JPEG/,
      ],
      [await image("tall", [200, 400]), /aspect ratio/],
      [
        mediaFile(png, { mimeType: "image/jpeg", altText: "", publicUrl: "http://127.0.0.1:9/x.jpg" }),
        /fetched/,
      ],
    ];
    for (const [file, words] of cases) {
      const failure = await failureOf(harness.connector.prepare(harness.context(), input([file])));
      expect(failure).toMatchObject({ verdict: "rejected" });
      expect(failure.message).toMatch(words);
    }
    const notVideo = Buffer.alloc(100, 1);
    const publicUrl = harness.files.put(notVideo, "video/mp4");
    const given = input([mediaFile(notVideo, { mimeType: "video/mp4", altText: "", publicUrl })]);
    const failure = await failureOf(harness.connector.prepare(harness.context(), given));
    expect(failure).toMatchObject({ verdict: "rejected", code: "instagram.media_refused" });
    expect(failure.message).toContain("format");
    expect(await seen(given)).toEqual([]);
  });

  it("makes the carousel whole when the token is revoked between its images", async () => {
    const files = [await image("one"), await image("two")];
    const given = input(files);
    await harness.control("POST", "revoke-tokens");
    const failure = await failureOf(harness.connector.prepare(harness.context(), given));
    expect(failure).toMatchObject({ verdict: "unauthorized", refreshable: false });
    await harness.connect();
    await publish(given);
    expect((await seen(given)).map((post) => post.altTexts)).toEqual([["one", "two"]]);
  });

  it("waits where the day is full, and names the day's number", async () => {
    const full = await start({}, 0);
    const plans: Plan[] = [];
    const given = input([await image("many")]);
    for (let count = 0; count < 101; count += 1)
      plans.push(await full.connector.prepare(full.context(), given));
    for (const plan of plans.slice(0, 100)) await full.connector.commit(full.context(), plan, itemOf(0));
    const last = plans.at(-1);
    if (!last) throw new TypeError("there are plans");
    const failure = await failureOf(full.connector.commit(full.context(), last, itemOf(0)));
    expect(failure).toMatchObject({ verdict: "throttled", code: "instagram.daily_limit" });
    const { inspect } = full.connector;
    expect((await inspect?.(full.context()))?.map(({ code }) => code)).toEqual([
      "instagram.daily_limit_near",
    ]);
    expect(full.connector.quotas({})).toMatchObject([{ per: "account", limit: 100, windowMs: 86_400_000 }]);
    expect(full.connector.quotas({ postsPerDay: 25 })).toMatchObject([{ limit: 25 }]);
    await full.close();
  });

  it("looks whether Instagram could fetch files from here", async () => {
    const { inspect } = harness.connector;
    const found = async (settings: Record<string, string>): Promise<string[]> => {
      const context = harness.contextWith({ settings: { ...harness.settings, ...settings } });
      return (await inspect?.(context))?.map(({ code }) => code) ?? [];
    };
    expect(await found({})).toEqual([]);
    expect(await found({ publicUrl: "http://galley.invalid" })).toEqual(["instagram.public_url_unreachable"]);
    const { origin, otherOrigin: publicUrl } = harness.files;
    expect(await found({ publicUrl })).toEqual([]);
    harness.files.take(`${origin}/media/probe`);
    expect(await found({ publicUrl })).toEqual(["instagram.public_url_elsewhere"]);
    const real = { baseUrl: "https://graph.facebook.com", clientSecret: "cut" };
    expect(await found({ ...real, publicUrl: "http://galley.example" })).toContain("instagram.not_https");
    for (const publicUrl of ["https://10.0.0.7", "http://127.0.0.1:3000", "http://localhost:3000"]) {
      const context = harness.contextWith({ settings: { ...harness.settings, ...real, publicUrl } });
      const told = (await inspect?.(context))?.find(({ code }) => code === "instagram.public_url_private");
      expect(told).toMatchObject({
        fix: expect.stringContaining("PUBLIC_URL"),
        problem: expect.not.stringContaining("EGRESS"),
      });
    }
  });

  it("tells the author what Instagram would refuse", async () => {
    const wide = await image("", [1000, 400]);
    expect(codes(input([]))).toContain("instagram.no_media");
    expect(codes(input([wide]))).toEqual(["instagram.aspect_ratio"]);
    const square = await image("");
    const tags = Array.from({ length: 31 }, (_, index) => `#tag${index}`).join(" ");
    const names = Array.from({ length: 21 }, (_, index) => `@name${index}`).join(" ");
    expect(codes(input([square], { parts: [tags] }))).toEqual(["instagram.too_many_hashtags"]);
    expect(codes(input([square], { parts: [names] }))).toEqual(["instagram.too_many_mentions"]);
    expect(codes(input([square], { firstComment: "x".repeat(301) }))).toEqual(["instagram.comment_too_long"]);
    expect(codes(input([square], { firstComment: "#a #b #c #d #e" }))).toEqual([
      "instagram.comment_hashtags",
    ]);
    expect(codes(input([square], { firstComment: "BUY NOW" }))).toEqual(["instagram.comment_capitals"]);
    const bytes = pretendVideo(100);
    const reel = mediaFile(bytes, {
      mimeType: "video/mp4",
      altText: "words",
      publicUrl: "http://127.0.0.1:9/v",
    });
    expect(codes(input([reel]))).toEqual(["content.no_alt_text_for_videos"]);
    expect(
      codes(
        input([{ ...reel, altText: "", durationMs: 900 }], {
          media: [{ mediaId: reel.mediaId, altText: "" }],
        }),
      ),
    ).toEqual(["instagram.too_short"]);
    expect(codes(input([square], { firstComment: "Recipe in the link" }))).toEqual([]);
  });
});

function input(media: MediaFile[], fields: Partial<VariantContent> = {}): DeliveryInput {
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

function itemOf(index: number, published: Published[] = []) {
  return { index, key: "", published };
}
