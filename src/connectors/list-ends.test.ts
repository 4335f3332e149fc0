import { expect, test } from "vitest";
import type { Connector, ConnectorContext, ConnectorHttp, Located, Plan } from "./contract.ts";
import { externalIdIn } from "./external-ids.ts";
import { facebook } from "./facebook/index.ts";
import { linkedInPage } from "./linkedin/index.ts";
import { readScope } from "./linkedin/locate.ts";
import { mastodon } from "./mastodon/index.ts";

// A list has ended where its platform names no next page. What is shorter, or empty, and names one is not whole.

function answering(body: unknown, headers: Record<string, string> = {}): ConnectorHttp {
  return {
    request: () =>
      Promise.resolve({ status: 200, headers, body: new TextEncoder().encode(JSON.stringify(body)) }),
  };
}

function noMail() {
  return Promise.reject(new TypeError("no mail here"));
}

async function read(
  { locate }: Connector,
  given: Pick<ConnectorContext, "http" | "credentials" | "accountId" | "scopes">,
  payload: Plan["items"][number]["payload"],
): Promise<Located> {
  if (locate === "unsupported") throw new TypeError("it can be read back");
  const signal = new AbortController().signal;
  const context = { ...given, mail: { send: noMail, verify: noMail }, settings: {}, signal };
  const sentAt = new Date("2026-03-01T12:00:00Z");
  const lookedFor = { sentAt, from: new Date(sentAt.getTime() - 120_000), afterLoss: false };
  const item = { index: 0, key: "k", published: [] };
  const located = await locate(context, { items: [{ kind: "post", payload }] }, item, lookedFor);
  if (located === "unsupported") throw new TypeError("it can be read back");
  return located;
}

test("on Mastodon, whose server may hold back what a page would show", async () => {
  const located = await read(
    mastodon,
    {
      http: answering([], {
        link: '<https://example.social/api/v1/accounts/1/statuses?max_id=9>; rel="next"',
      }),
      credentials: { server: "https://example.social", clientId: "a", clientSecret: "b", accessToken: "c" },
      accountId: "example.social/1",
      scopes: ["read:statuses"],
    },
    { status: "Soup", mediaIds: [], visibility: null, spoilerText: "", sensitive: false, language: null },
  );
  expect(located).toMatchObject({ by: "list", coversFrom: null });
});

function readLinkedIn(answer: object): Promise<Located> {
  const author = "urn:li:organization:7";
  return read(
    linkedInPage,
    {
      http: answering(answer),
      credentials: { accessToken: "a", refreshToken: null },
      accountId: author,
      scopes: [readScope],
    },
    {
      author,
      commentary: "Soup",
      visibility: "PUBLIC",
      distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
      lifecycleState: "PUBLISHED",
      isReshareDisabledByAuthor: false,
    },
  );
}

test("on a Page of LinkedIn", async () => {
  const located = await readLinkedIn({ elements: [], paging: { links: [{ rel: "next" }] } });
  expect(located).toMatchObject({ by: "list", coversFrom: null });
});

function readFacebook(answer: object): Promise<Located> {
  const given = { credentials: { token: "t", pageId: "7" }, accountId: "7", scopes: [] };
  const payload = { type: "feed", message: "Soup", link: null, photos: [] };
  return read(facebook, { http: answering(answer), ...given }, payload);
}

test("on a Page of Facebook, whose lists by time name the next page by its address alone", async () => {
  const entry = { id: "7_1", message: "Another", created_time: "2026-03-01T12:30:00+0000" };
  const next = "https://graph.facebook.com/v26.0/7/published_posts?since=1&until=2&__paging_token=3";
  const located = await readFacebook({ data: [entry], paging: { next } });
  expect(located).toMatchObject({ by: "list", coversFrom: null });
});

test("a list with a time that nobody can keep is no answer", async () => {
  const post = { id: "urn:li:share:1", commentary: "Soup", createdAt: 1e20 };
  await expect(readLinkedIn({ elements: [post] })).rejects.toMatchObject({
    verdict: "unknown",
    code: "linkedin.unreadable_answer",
  });
  for (const created_time of ["soon", "+275000-01-01T00:00:00Z", "2026-03-01T12:30:00"]) {
    await expect(
      readFacebook({ data: [{ id: "7_1", message: "Soup", created_time }] }),
    ).rejects.toMatchObject({
      verdict: "unknown",
      code: "facebook.unreadable_answer",
    });
  }
});

test("an address of a status at somebody else's server is none that its own server understands", () => {
  // People look at a post where they have their own account; there it has another number.
  expect(
    externalIdIn(mastodon, "https://elsewhere.example/@brand@example.social/112233445566778899"),
  ).toBeNull();
  expect(externalIdIn(mastodon, "https://elsewhere.example/@brand%40example.social/1122334455")).toBeNull();
  expect(externalIdIn(mastodon, "https://example.social/@brand/112233445566778899")).toBe(
    "112233445566778899",
  );
});
