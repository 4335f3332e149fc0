import { describe, expect, it } from "vitest";
import type { ConnectorResponse, MediaInfo, VariantContent } from "../contract.ts";
import { externalIdIn } from "../external-ids.ts";
import { xFailure } from "./failures.ts";
import { x } from "./index.ts";
import { type ListedPost, createdAtOf, likenessTo } from "./match.ts";

const plain: VariantContent = { parts: ["words"], link: null, media: [], firstComment: null, options: {} };

function priceOf(variant: Partial<VariantContent>, settings = {}) {
  return x.price({ ...plain, ...variant }, settings);
}

function post(fields: Partial<ListedPost>): ListedPost {
  return { id: "1999999999999999999", text: "words", ...fields };
}

function links(...urls: [url: string, expanded: string, mediaKey?: string][]): Pick<ListedPost, "entities"> {
  return {
    entities: {
      urls: urls.map(([url, expanded_url, media_key]) => ({
        url,
        expanded_url,
        media_key: media_key ?? null,
      })),
    },
  };
}

function answer(status: number, body: object, headers: Record<string, string> = {}): ConnectorResponse {
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}

describe("the price on X", () => {
  it.each([
    ["a post", {}, "0.015"],
    ["a post with a link", { link: "https://example.com/a" }, "0.2"],
    ["a link in the text", { parts: ["see example.com"] }, "0.2"],
    ["a version number, which is no link", { parts: ["version 1.2.3"] }, "0.015"],
    ["each part of a thread", { parts: ["one", "two", "three"] }, "0.045"],
    ["a thread with one link", { parts: ["one", "two"], link: "https://example.com" }, "0.215"],
    ["a first comment too", { firstComment: "and https://example.com" }, "0.215"],
  ])("counts %s", (_name, variant, amount) => {
    expect(priceOf(variant)).toEqual({ amount, currency: "USD" });
  });

  it("is configured where X has agreed on another", () => {
    const settings = { postPrice: "0.01", linkPostPrice: "0.1", currency: "EUR" };
    expect(priceOf({ parts: ["a", "b example.com"] }, settings)).toEqual({ amount: "0.11", currency: "EUR" });
    expect(() => priceOf({}, { postPrice: "free" })).toThrow(/postPrice/);
  });
});

describe("what X refuses", () => {
  const image: MediaInfo = {
    mediaId: "image",
    sha256: "",
    mimeType: "image/png",
    bytes: 10,
    width: 1,
    height: 1,
    durationMs: null,
    pages: null,
  };
  const gif = { ...image, mediaId: "gif", mimeType: "image/gif" };
  const video = { ...image, mediaId: "video", mimeType: "video/mp4", durationMs: 5_000 };

  function codesOf(variant: Partial<VariantContent>): string[] {
    return x
      .validate({ ...plain, ...variant }, [image, gif, video])
      .map(({ path, code }) => `${path} ${code}`);
  }

  it.each([
    ["one GIF", { media: [{ mediaId: "gif", altText: "" }] }, []],
    ["one video", { media: [{ mediaId: "video", altText: "" }] }, []],
    [
      "a GIF beside an image",
      {
        media: [
          { mediaId: "image", altText: "" },
          { mediaId: "gif", altText: "" },
        ],
      },
      ["/media/1 x.gif_alone"],
    ],
    ["the same part twice", { parts: ["a", "b", "a "] }, ["/parts/2 x.repeated_text"]],
    ["a first comment that repeats", { firstComment: "words" }, ["/firstComment x.repeated_text"]],
    ["a byte order mark", { parts: ["\ufeffwords"] }, ["/parts/0 x.forbidden_character"]],
    ["who replies", { options: { whoCanReply: "Accounts you follow" } }, []],
    ["nobody", { options: { whoCanReply: "Nobody" } }, ["/options/whoCanReply content.bad_option"]],
  ])("is told: %s", (_name, variant, codes) => {
    expect(codesOf(variant)).toEqual(codes);
  });

  it("includes a video beside anything", () => {
    const both = [
      { mediaId: "video", altText: "" },
      { mediaId: "image", altText: "" },
    ];
    expect(codesOf({ media: both })).not.toEqual([]);
  });
});

describe("a listed post is the wanted one", () => {
  const short = "https://t.co/abcdefghij";
  const photo = "https://t.co/photophoto";

  const wanted = { text: "words", mediaCount: 0, thread: null };

  it.each([
    ["the very same", post({}), wanted],
    ["escaped", post({ text: "a &lt;b&gt; &amp;amp; c" }), { ...wanted, text: "a <b> &amp; c" }],
    [
      "a wrapped link",
      post({ text: `see ${short} now`, ...links([short, "https://example.com/a?b=1&c=2"]) }),
      { ...wanted, text: "see https://example.com/a?b=1&c=2 now" },
    ],
    [
      "a bare domain",
      post({ text: `see ${short}`, ...links([short, "http://example.com"]) }),
      { ...wanted, text: "see example.com" },
    ],
    [
      "a link with letters beyond ASCII",
      post({ text: short, ...links([short, "https://xn--bcher-kva.example.org/ä"]) }),
      { ...wanted, text: "https://bücher.example.org/%C3%A4" },
    ],
    [
      "an image's own link",
      post({
        text: `words ${photo}`,
        ...links([photo, "https://x.com/ada/status/1/photo/1", "3_1"]),
        attachments: { media_keys: ["3_1"] },
      }),
      { ...wanted, mediaCount: 1 },
    ],
    [
      "two links, one of which begins with the other",
      post({
        text: `${short}k ${short}`,
        ...links([short, "https://example.com/a"], [`${short}k`, "https://example.com/b"]),
      }),
      { ...wanted, text: "https://example.com/b https://example.com/a" },
    ],
    [
      "a link to what is itself a short link",
      post({
        text: `${short} ${photo}`,
        ...links([short, `https://example.com/?to=${photo}`], [photo, "https://example.com/a"]),
      }),
      { ...wanted, text: `https://example.com/?to=${photo} https://example.com/a` },
    ],
    ["other white space", post({ text: "a b\n\nc" }), { ...wanted, text: " a  b\r\nc\n" }],
    ["composed otherwise", post({ text: "caf\u00e9" }), { ...wanted, text: "cafe\u0301" }],
    ["a part of a thread", post({ conversation_id: "5" }), { ...wanted, thread: "5" }],
    ["one without a conversation told", post({}), { ...wanted, thread: "5" }],
  ])("%s", (_name, listed, item) => {
    expect(likenessTo(listed, item)).toBe("same");
  });

  it.each([
    ["another text", post({ text: "word" }), wanted],
    [
      "another link",
      post({ text: short, ...links([short, "https://example.com/b"]) }),
      { ...wanted, text: "https://example.com/a" },
    ],
    ["an image more", post({ attachments: { media_keys: ["3_1"] } }), wanted],
    ["the same text in a thread", post({ conversation_id: "5" }), wanted],
    ["the same text in another thread", post({ conversation_id: "5" }), { ...wanted, thread: "6" }],
  ])("not %s", (_name, listed, item) => {
    expect(likenessTo(listed, item)).not.toBe("same");
  });
});

describe("a post whose files X lists late", () => {
  const photo = "https://t.co/photophoto";

  it.each([
    ["with its text", post({}), { text: "words" }],
    ["with a link to them that says nothing yet", post({ text: `words ${photo}` }), { text: "words" }],
    ["without any text", post({ text: photo }), { text: "" }],
    ["with some of them", post({ attachments: { media_keys: ["3_1"] } }), { text: "words" }],
  ])("may be the one, %s", (_name, listed, { text }) => {
    expect(likenessTo(listed, { text, mediaCount: 2, thread: null })).toBe("similar");
  });

  it("has more time to appear than a post without", () => {
    const { windowMs, mediaWindowMs = 0 } = x.settling({ settings: {}, credentials: {} });
    expect(mediaWindowMs).toBeGreaterThan(2 * windowMs);
  });
});

describe("createdAtOf", () => {
  // https://docs.x.com/resources/fundamentals/x-ids
  it("reads the millisecond from the id", () => {
    expect(createdAtOf({ id: "1541815603606036480" })?.toISOString()).toBe("2022-06-28T16:07:40.105Z");
    const told = "2022-06-28T16:07:40.000Z";
    expect(createdAtOf({ id: "1541815603606036480", created_at: told })?.getMilliseconds()).toBe(105);
  });

  it("believes what is told where the id disagrees", () => {
    const told = "2026-01-01T00:00:00.000Z";
    expect(createdAtOf({ id: "1541815603606036480", created_at: told })?.toISOString()).toBe(told);
    expect(createdAtOf({ id: "20" })).toBeNull();
  });
});

describe("externalIdOf", () => {
  it.each([
    ["https://x.com/ada/status/1541815603606036480", "1541815603606036480"],
    ["https://x.com/i/status/1541815603606036480?s=20", "1541815603606036480"],
    ["https://mobile.twitter.com/ada/status/1541815603606036480/photo/1", "1541815603606036480"],
    ["https://twitter.com/i/web/status/1541815603606036480", "1541815603606036480"],
    ["https://x.com/ada", null],
    ["https://netflix.com/ada/status/1541815603606036480", null],
    ["https://evil.example/x.com/status/12", null],
    ["not an address", null],
  ])("%s", (url, id) => {
    expect(externalIdIn(x, url)).toBe(id);
  });
});

describe("a refusal of X", () => {
  const forbidden = (detail: string) =>
    answer(403, { title: "Forbidden", detail, type: "about:blank", status: 403 });

  it.each([
    [
      "duplicate",
      forbidden("You are not allowed to create a Tweet with duplicate content."),
      "rejected",
      "x.duplicate",
    ],
    [
      "v1.1 duplicate",
      answer(403, { errors: [{ code: 187, message: "Status is a duplicate." }] }),
      "rejected",
      "x.duplicate",
    ],
    [
      "suspended",
      forbidden("Your account is suspended and is not permitted to access this feature."),
      "unauthorized",
      "x.account_suspended",
    ],
    [
      "locked",
      forbidden("To protect our users, this account is temporarily locked."),
      "unauthorized",
      "x.account_locked",
    ],
    [
      "long video",
      forbidden("This user is not allowed to post a video longer than 20 minutes."),
      "rejected",
      "x.forbidden",
    ],
    [
      "no credits",
      answer(402, { title: "CreditsDepleted", detail: "", type: "" }),
      "rejected",
      "x.no_credits",
    ],
    [
      "usage cap",
      answer(429, {
        title: "UsageCapExceeded",
        detail: "",
        type: "https://api.x.com/2/problems/usage-capped",
      }),
      "rejected",
      "x.usage_cap",
    ],
    [
      "bad request",
      answer(400, { title: "Invalid Request", detail: "no", type: "" }),
      "rejected",
      "x.rejected",
    ],
    ["expired", answer(401, { title: "Unauthorized" }), "unauthorized", "x.unauthorized"],
    ["timeout", answer(408, {}), "unknown", "x.no_clear_answer"],
    ["gateway", answer(502, {}), "unknown", "x.no_clear_answer"],
    [
      "a firewall in its stead",
      { status: 403, headers: {}, body: Buffer.from("<html>") },
      "unknown",
      "x.no_clear_answer",
    ],
  ])("%s", (_name, response, verdict, code) => {
    expect(xFailure(response)).toMatchObject({ verdict, code });
  });

  it("says what to do where the access is refused, and not a number", () => {
    const { message } = xFailure(answer(401, { title: "Unauthorized", detail: "Unauthorized" }));
    expect(message).toContain("connect the channel again");
    expect(message).not.toContain("401");
  });

  it("tells how long to wait, by X's own clock", () => {
    const date = "Sat, 21 Nov 2026 06:00:00 GMT";
    const reset = String(Date.parse(date) / 1000 + 300);
    const window = { date, "x-rate-limit-reset": reset, "x-rate-limit-remaining": "0" };
    expect(xFailure(answer(429, { title: "Too Many Requests" }, window))).toMatchObject({
      verdict: "throttled",
      retryAfterSeconds: 300,
    });
    const day = {
      ...window,
      "x-app-limit-24hour-remaining": "0",
      "x-app-limit-24hour-reset": String(Number(reset) + 3600),
    };
    expect(xFailure(answer(429, { title: "Too Many Requests" }, day))).toMatchObject({
      retryAfterSeconds: 3900,
    });
    expect(xFailure(answer(429, { title: "Too Many Requests" }))).not.toHaveProperty(
      "retryAfterSeconds",
      expect.anything(),
    );
    const past = { ...window, "x-rate-limit-reset": "12" };
    expect(xFailure(answer(429, { title: "Too Many Requests" }, past))).toMatchObject({
      retryAfterSeconds: 1,
    });
  });
});
