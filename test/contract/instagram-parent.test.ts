import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConnectorFailure, type ConnectorHttp, type ItemRef, type Plan, type Published } from "#connectors";
import { failureOf } from "./failure-of.ts";
import { type FileServer, mediaFile, picture, startFileServer } from "./files.ts";
import { matchesIn, since } from "./located.ts";
import { type MetaHarness, startMetaHarness } from "./meta.ts";

// A first comment under a post of which a person has told the address alone.

let files: FileServer;
let harness: MetaHarness;

beforeAll(async () => {
  files = await startFileServer();
  harness = await startMetaHarness("instagram", {
    settings: { publicUrl: files.origin, pollMs: 20 },
    origins: [files.origin],
    emulator: { processingMs: 0 },
  });
});
afterAll(async () => {
  const violations = await harness.violations();
  await Promise.all([harness.close(), files.close()]);
  expect(violations).toEqual([]);
});

function itemUnder(url: string | null): ItemRef {
  return { index: 1, key: "", published: [{ externalId: "", url, data: {} }] };
}

/** A post that is live, and its comment, which is not. */
async function posted(): Promise<{ plan: Plan; post: Published; comment: string }> {
  const bytes = await picture(400, 400);
  const publicUrl = files.put(bytes, "image/jpeg");
  const file = mediaFile(bytes, { mimeType: "image/jpeg", altText: "", publicUrl });
  const comment = `comment ${randomUUID()}`;
  const plan = await harness.connector.prepare(harness.context(), {
    deliveryId: randomUUID(),
    dueAt: new Date(),
    media: [file],
    variant: {
      parts: [`note ${randomUUID()}`],
      link: null,
      firstComment: comment,
      options: {},
      media: [{ mediaId: file.mediaId, altText: "" }],
    },
  });
  const item = { index: 0, key: "", published: [] };
  return { plan, post: await harness.connector.commit(harness.context(), plan, item), comment };
}

async function located(plan: Plan, item: ItemRef, sentAt: Date): Promise<string[]> {
  const { locate } = harness.connector;
  if (locate === "unsupported") throw new TypeError("Instagram can be read back");
  const found = await locate(harness.context(), plan, item, since(sentAt));
  if (found === "unsupported") throw new TypeError("Instagram can be read back");
  return matchesIn(found).map(({ externalId }) => externalId);
}

async function visible(comment: string) {
  return (await harness.journal()).filter(({ text }) => text === comment);
}

test("is sent and read back there, as far back as the list goes", async () => {
  const { plan, post, comment } = await posted();
  const { accountId } = harness.context();
  for (let count = 0; count < 60; count += 1) {
    await harness.control("POST", "post", { account: accountId, text: `by hand ${count}` });
  }
  // As the app copies it: with who has shared it.
  const item = itemUnder(`${post.url}?igsh=MzRlODBiNWFlZA==`);
  const sentAt = new Date();
  expect(await located(plan, item, sentAt)).toEqual([]);
  const sent = await harness.connector.commit(harness.context(), plan, item);
  expect(await visible(comment)).toMatchObject([{ id: sent.externalId, inReplyTo: post.externalId }]);
  expect(await located(plan, item, sentAt)).toEqual([sent.externalId]);
});

test.each([null, "https://www.instagram.com/p/CxNobodyHas/", "https://www.instagram.com/galley.kitchen/"])(
  "is not sent where the account has no post at %s",
  async (url) => {
    const { plan, comment } = await posted();
    const unknown = { verdict: "rejected", code: "instagram.parent_unknown" };
    const failure = await failureOf(harness.connector.commit(harness.context(), plan, itemUnder(url)));
    expect(failure).toMatchObject(unknown);
    expect(failure.message).toMatch(/not published.*leave the post as it is/s);
    expect(await visible(comment)).toEqual([]);
    expect(await failureOf(located(plan, itemUnder(url), new Date()))).toMatchObject(unknown);
  },
);

test("is not sent, and may be, where the list cannot be read", async () => {
  const { plan, post, comment } = await posted();
  const context = harness.context();
  const lost = new ConnectorFailure({ verdict: "unknown", code: "http.reset", message: "Lost." });
  const http: ConnectorHttp = {
    request: (asked) => (asked.method === "GET" ? Promise.reject(lost) : context.http.request(asked)),
  };
  const sending = harness.connector.commit({ ...context, http }, plan, itemUnder(post.url));
  expect(await failureOf(sending)).toMatchObject({ verdict: "not_sent" });
  expect(await visible(comment)).toEqual([]);
});
