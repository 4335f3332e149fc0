import { expect, test } from "vitest";
import type { Connector, ConnectorContext, ConnectorHttp, Plan } from "#connectors";
import { connectorRegistry } from "#connectors";
import { GalleyError } from "#kit";
import type { ReconcileDeps } from "../deps.ts";
import type { AttemptRecord, Claimed } from "../model/claimed.ts";
import { lookOnce } from "./look.ts";

// One look at a server of Mastodon, whose answers a proxy or a balancer stands before. What was sent is not in them.

const minute = 60_000;
const sentAt = Date.now() - 10 * minute;
const windowMs = 5 * minute;

type Answer = { headers: Record<string, string>; body: unknown };

function mastodon(): Connector {
  const connector = connectorRegistry().get("mastodon");
  if (!connector) throw new TypeError("there is no connector of Mastodon");
  return connector;
}

function status(id: number, createdAt: number, text = `Something else, number ${id}`): object {
  return {
    id: String(id),
    url: `https://example.social/@brand/${id}`,
    uri: `https://example.social/users/brand/statuses/${id}`,
    created_at: new Date(createdAt).toISOString(),
    in_reply_to_id: null,
    spoiler_text: "",
    content: `<p>${text}</p>`,
    media_attachments: [],
  };
}

/** The pages of a list, in the order in which they are asked for. */
function pages(...answers: Answer[]): ConnectorHttp {
  let asked = 0;
  return {
    request: async ({ url }) => {
      if (url.endsWith("/source"))
        return answerOf({ headers: dated(Date.now()), body: { text: "Something else" } });
      return answerOf(answers[asked++] ?? { headers: {}, body: [] });
    },
  };
}

function answerOf({ headers, body }: Answer) {
  return { status: 200, headers, body: new TextEncoder().encode(JSON.stringify(body)) };
}

function dated(moment: number): Record<string, string> {
  return { date: new Date(moment).toUTCString() };
}

/** `open` stands in for a channel that cannot be opened; its post is long past the window. */
async function lookAt(
  http: ConnectorHttp,
  open?: () => Promise<never>,
  more: Partial<AttemptRecord> = {},
): Promise<string> {
  const connector = mastodon();
  const context: ConnectorContext = {
    http,
    mail: { send: () => Promise.reject(new TypeError()), verify: () => Promise.reject(new TypeError()) },
    credentials: { server: "https://example.social", clientId: "a", clientSecret: "b", accessToken: "c" },
    accountId: "example.social/1",
    scopes: ["read:statuses"],
    settings: { windowMs },
    signal: new AbortController().signal,
  };
  const payload = {
    status: "Our spring list is out",
    mediaIds: [],
    visibility: null,
    spoilerText: "",
    sensitive: false,
    language: null,
  };
  const plan: Plan = { items: [{ kind: "post", payload }] };
  const attempt = {
    id: "attempt",
    item: 0,
    number: 1,
    state: "ambiguous",
    intentAt: new Date(sentAt).toISOString(),
    setForwardMs: 0,
    windowMs: open ? minute : windowMs,
    looks: 3,
    lookedAt: null,
    errorCode: null,
    doubt: null,
    refused: [],
    deferred: [],
    ...more,
  } as unknown as AttemptRecord;
  const claimed = {
    id: "delivery",
    connector: "mastodon",
    content: { variant: {}, media: [] },
    plan,
    errorCode: null,
    learnedMs: 0,
    claimedAt: new Date(),
    attempts: [attempt],
  } as unknown as Claimed;
  const deps = {
    channels: { open: open ?? (() => Promise.resolve({ connector, context })) },
    connectors: connectorRegistry(),
    settings: { leaseMs: 60_000, marginMs: 10_000, skewMs: 120_000, minimumWindowMs: 0 },
    idsTaken: () => Promise.resolve(new Set<string>()),
    witnesses: () => Promise.resolve([]),
    firstSeen: { note: () => undefined, knownForMs: () => 9 * minute },
  } as unknown as ReconcileDeps;
  const { result } = await lookOnce(deps, claimed, attempt);
  return result.kind === "again" && "why" in result && result.doubt === undefined
    ? `again: ${result.why}`
    : result.kind;
}

test("a whole list that a server answers now proves that what is not in it is not out", async () => {
  expect(await lookAt(pages({ headers: dated(Date.now()), body: [] }))).toBe("absent");
});

test("a list out of a cache, as it was before the post was sent, proves nothing", async () => {
  const headers = { ...dated(Date.now() - 15 * minute), age: "900" };
  expect(await lookAt(pages({ headers, body: [] }))).not.toBe("absent");
});

test("a list whose newest page is by a clock that is wrong proves nothing, whatever the clock of an older page says", async () => {
  const next = { link: '<https://example.social/api/v1/accounts/1/statuses?max_id=9>; rel="next"' };
  // The server that took the post is 20 minutes behind, and dates it so.
  const ours = status(10, sentAt - 20 * minute, "Our spring list is out");
  const headers = { ...dated(Date.now() - 20 * minute), ...next };
  const first = { headers, body: [ours, status(9, sentAt - minute)] };
  const second = { headers: dated(Date.now()), body: [status(8, sentAt - 60 * minute)] };
  expect(await lookAt(pages(first, second))).not.toBe("absent");
});

test("an empty page that names another one is not the end of a list", async () => {
  const next = { link: '<https://example.social/api/v1/accounts/1/statuses?max_id=9>; rel="next"' };
  expect(await lookAt(pages({ headers: { ...dated(Date.now()), ...next }, body: [] }))).not.toBe("absent");
});

const failed = (code: string) => () =>
  Promise.reject(new GalleyError({ code, kind: "unavailable", message: "not now", retryable: true }));

test("a window that holds the age of a backup does not make a person wait that long for a question", async () => {
  const aged = { windowMs: 40 * 24 * 60 * minute, firstWindowMs: minute };
  const longAgo = Date.now() - 40 * 24 * 60 * minute - 10 * minute;
  expect(
    await lookAt(pages(), failed("channels.other"), { ...aged, intentAt: new Date(longAgo).toISOString() }),
  ).toBe("ask");
});

test("a renewal that is still under way when looks would end asks nobody, and any other failure does", async () => {
  expect(await lookAt(pages(), failed("channels.renewing"))).toBe("again: not now");
  expect(await lookAt(pages(), failed("channels.other"))).toBe("ask");
});
