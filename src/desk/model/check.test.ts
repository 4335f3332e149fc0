import { describe, expect, test } from "vitest";
import { connectorRegistry, type VariantContent } from "#connectors";
import { blockingProblems, checkVariants, type TargetChannel } from "./check.ts";

const connectors = connectorRegistry();
const image = {
  mediaId: "m1",
  sha256: "0".repeat(64),
  mimeType: "image/jpeg",
  bytes: 1000,
  width: 10,
  height: 10,
  durationMs: null,
  pages: null,
};

function channel(id: string, fields: Partial<TargetChannel> = {}): [string, TargetChannel] {
  const handle = `@${id}`;
  return [
    id,
    {
      id,
      connector: "bluesky",
      handle,
      displayName: handle,
      status: "connected",
      paused: false,
      scopes: [],
      appValues: null,
      accountLimits: null,
      target: { hash: null, words: null, changedAt: null },
      ...fields,
    },
  ];
}

const channels = new Map([
  channel("one"),
  channel("two"),
  channel("paused", { paused: true }),
  channel("expired", { status: "needs_reconnect" }),
  channel("gone", { status: "disconnected" }),
  channel("limited", { connector: "x", appValues: { appPostsPerDay: "17" } }),
  channel("refused", { connector: "x", appValues: { appPostsPerDay: "many" } }),
  channel("foreign", { connector: "carrier-pigeon" }),
  channel("silent", { connector: "x" }),
  channel("granted", { connector: "x", scopes: ["media.write"] }),
  channel("page", { connector: "facebook" }),
  channel("picture", { connector: "instagram" }),
]);

function check(channelId: string, content: Partial<VariantContent>) {
  const whole = { parts: ["words"], link: null, media: [], firstComment: null, options: {}, ...content };
  const checks = checkVariants([{ channelId, content: whole }], {
    connectors,
    connectorSettings: {},
    channels,
    media: new Map([[image.mediaId, image]]),
  });
  return {
    problems: checks[0]?.problems.map(({ severity, code, path }) => `${severity} ${code} ${path}`),
    checks,
  };
}

test("tells of the first two hundred marks of a text, however many there are and wherever they stand", () => {
  const parts = Array.from({ length: 100 }, () => "\u202ea".repeat(1_000));
  const content = { parts, link: null, media: [], firstComment: null, options: {} };
  const [checked] = checkVariants([{ channelId: "one", content }], {
    connectors,
    connectorSettings: {},
    channels,
    media: new Map(),
  });
  expect(checked?.suspicious).toHaveLength(200);
});

describe("a variant", () => {
  test("in order has no problems, and its length is what the platform counts", () => {
    const { problems, checks } = check("one", { parts: ["👩‍👩‍👧 hi"] });
    expect(problems).toEqual([]);
    // Bluesky counts graphemes: the family is one.
    expect(checks[0]?.parts).toEqual([{ length: 4, limit: 300, unit: "graphemes" }]);
  });

  test.each([
    ["paused", "desk.channel_paused"],
    ["expired", "desk.channel_needs_reconnect"],
    ["gone", "desk.channel_disconnected"],
    ["foreign", "desk.connector_missing"],
    ["never", "desk.channel_unknown"],
  ])("for a channel that is %s is an error", (id, code) => {
    const { problems, checks } = check(id, {});
    expect(problems).toEqual([`error ${code} `]);
    expect(blockingProblems(checks)).toMatchObject([{ path: "/variants/0/content", code }]);
  });

  test("over the limit is the connector's error, at its place", () => {
    const { problems } = check("one", { parts: ["fine", "x".repeat(301)] });
    expect(problems).toEqual(["error content.too_long /parts/1"]);
  });

  test("with half a character or NUL says where, and no connector has to count it", () => {
    expect(check("one", { parts: ["a\ud83d"] }).problems).toEqual(["error text.lone_surrogate /parts/0"]);
    expect(check("one", { options: { "a/b": "\0" } }).problems).toEqual(["error text.nul /options/a~1b"]);
  });

  const pictured = { media: [{ mediaId: "m1", altText: "a" }] };
  test.each([
    ["silent", pictured, {}, "/media"],
    ["page", { firstComment: "first" }, {}, "/firstComment"],
    ["picture", { ...pictured, firstComment: "first" }, pictured, "/firstComment"],
  ])("that needs what %s was not granted is an error now, not when it is due", (id, content, less, path) => {
    const { problems, checks } = check(id, content);
    expect(problems).toEqual([`error desk.permission_missing ${path}`]);
    expect(checks[0]?.problems[0]?.message).toMatch(/Connect it again and allow/);
    expect(check(id, less).problems).toEqual([]);
  });

  test("is in order where the consent holds what it needs", () => {
    expect(check("granted", pictured).problems).toEqual([]);
  });

  test("without alt text is warned about, and can be sent", () => {
    const { problems, checks } = check("one", { media: [{ mediaId: "m1", altText: " " }] });
    expect(problems).toEqual(["warning desk.alt_text_missing /media/0/altText"]);
    expect(blockingProblems(checks)).toEqual([]);
  });

  test("that is longer than the app of its channel may post in a day is an error, and says so", () => {
    const parts = Array.from({ length: 18 }, (_, index) => `Part ${index + 1}`);
    expect(check("limited", { parts: parts.slice(1) }).problems).toEqual([]);
    const { problems, checks } = check("limited", { parts });
    expect(problems).toEqual(["error desk.over_quota /parts"]);
    expect(checks[0]?.problems[0]?.message).toBe(
      "This thread has 18 parts; X lets this app post 17 in 24 hours: shorten it, or make several posts of it.",
    );
    expect(check("refused", {}).problems).toEqual(["error x.not_configured "]);
  });

  test("with an image that is gone is an error", () => {
    expect(check("one", { media: [{ mediaId: "m2", altText: "x" }] }).problems).toEqual([
      "error content.media_missing /media/0",
    ]);
  });

  test("with characters that cannot be seen tells each of them", () => {
    const { problems, checks } = check("one", { parts: ["plain", "pay\u202epal"] });
    expect(problems).toEqual(["warning desk.invisible_characters /parts/1"]);
    expect(checks[0]?.suspicious).toEqual([{ part: 1, index: 3, codePoint: 0x202e }]);
  });
});

describe("a post", () => {
  test("without variants cannot be submitted", () => {
    expect(blockingProblems([])).toMatchObject([{ code: "desk.no_variants" }]);
  });

  test("with the same text twice on a platform is warned about", () => {
    const content = { parts: ["words"], link: null, media: [], firstComment: null, options: {} };
    const variants = ["one", "two"].map((channelId) => ({ channelId, content }));
    const checks = checkVariants(variants, { connectors, connectorSettings: {}, channels, media: new Map() });
    expect(checks.map(({ problems }) => problems.map(({ code }) => code))).toEqual([
      [],
      ["desk.identical_text"],
    ]);
  });
});
