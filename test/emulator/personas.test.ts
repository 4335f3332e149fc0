import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type LinkedInHarness, startLinkedInHarness } from "../contract/linkedin.ts";

// An account is what its persona says, and the others are as before.

let page: LinkedInHarness;
beforeEach(async () => {
  page = await startLinkedInHarness("page");
});
afterEach(() => page.close());

const journalSchema = z.object({
  posts: z.array(z.object({ text: z.string(), ghost: z.boolean(), byHand: z.boolean().default(false) })),
});
const listSchema = z.object({
  elements: z.array(z.object({ commentary: z.string(), createdAt: z.number() })),
  paging: z.object({ links: z.array(z.unknown()) }),
});

function url(path: string): string {
  return `${String(page.settings["apiUrl"])}${path}`;
}

async function become(persona: object, account = page.context().accountId): Promise<void> {
  await page.control("PUT", "personas", { personas: { [account]: persona } });
}

async function publish(text: string): Promise<unknown> {
  const delivery = {
    deliveryId: "1",
    variant: { parts: [text], link: null, media: [], firstComment: null, options: {} },
    media: [],
    dueAt: new Date(),
  };
  const plan = await page.connector.prepare(page.context(), delivery);
  return page.connector.commit(page.context(), plan, { index: 0, key: text, published: [] });
}

async function listed(query = "count=100") {
  const { accountId, credentials } = page.context();
  const { accessToken } = z.object({ accessToken: z.string() }).parse(credentials);
  const address = url(`/rest/posts?q=author&author=${encodeURIComponent(accountId)}&${query}`);
  const headers = {
    authorization: `Bearer ${accessToken}`,
    "linkedin-version": "202607",
    "x-restli-protocol-version": "2.0.0",
    "x-restli-method": "FINDER",
  };
  const answer = await fetch(address, { headers });
  const { elements, paging } = listSchema.parse(await answer.json());
  const aheadMs = Date.parse(answer.headers.get("date") ?? "") - Date.now();
  return { texts: elements.map(({ commentary }) => commentary), elements, links: paging.links, aheadMs };
}

async function journal() {
  return journalSchema.parse(await (await fetch(url("/control/journal"))).json()).posts;
}

test("its clock is in its answers and in its posts, and in nobody else's", async () => {
  await become({ clockAheadMs: -660_000 });
  await publish("a word");
  const { elements, aheadMs } = await listed();
  expect(aheadMs).toBeLessThan(-650_000);
  expect((elements[0]?.createdAt ?? 0) - Date.now()).toBeLessThan(-650_000);
  await become({ clockAheadMs: -660_000 }, "somebody else");
  expect((await listed()).aheadMs).toBeGreaterThan(-10_000);
});

test("its pages are small, and say that more follows", async () => {
  await become({ pageCap: 2 });
  for (const text of ["one", "two", "three"]) await publish(text);
  const { texts, links } = await listed();
  expect(texts).toEqual(["three", "two"]);
  expect(links).toHaveLength(1);
});

test("what it tells is edited, and the journal holds what was sent", async () => {
  await become({ edit: "quotes" });
  await publish("it's a word");
  expect((await listed()).texts).toEqual(["it’s a word"]);
  expect(await journal()).toMatchObject([{ text: "it's a word" }]);
});

test("people post beside it, and the journal tells who was who", async () => {
  await become({ twins: 1, twinAfterMs: -1_000, strangers: 1 });
  await publish("a word");
  const { texts } = await listed();
  expect(texts.filter((text) => text === "a word")).toHaveLength(2);
  await page.control("POST", "post", { account: page.context().accountId, text: "mine", agoMs: 60_000 });
  const posts = await journal();
  expect(posts.filter(({ byHand }) => !byHand).map(({ text }) => text)).toEqual(["a word"]);
  expect(posts.filter(({ byHand }) => byHand).map(({ text }) => text)).toEqual(
    expect.arrayContaining(["a word", "mine", expect.stringMatching(/^Something else/)]),
  );
});

test("in a spell its list lacks what was answered for, old or empty", async () => {
  const spell = { staleHides: 1, staleAfterMs: 0, staleMs: 60_000 };
  await publish("before");
  await become({ stale: "old", ...spell });
  await publish("hidden");
  await expect.poll(async () => (await listed()).texts, { timeout: 5_000 }).toEqual(["before"]);
  await publish("hidden too");
  expect((await listed()).texts).toEqual(["before"]);
});

test("a text that people read as the same is refused as a duplicate", async () => {
  await become({ refusesNearEqual: true });
  await publish("it's – a word");
  await expect(publish("it’s - a word")).rejects.toMatchObject({ code: "linkedin.duplicate" });
  await expect(publish("another")).resolves.toBeDefined();
});

test("a balancer passes on what the second request was told, and a firewall its own page", async () => {
  await become({ faults: [{ kind: "sent_twice" }] });
  await expect(publish("twice")).rejects.toMatchObject({ code: "linkedin.duplicate" });
  await become({ faults: [{ kind: "firewall_page" }] });
  await expect(publish("blocked")).rejects.toMatchObject({ verdict: "unknown" });
  expect((await journal()).map(({ text }) => text)).toEqual(["twice", "blocked"]);
});

test("a switch that is none is refused", async () => {
  for (const persona of [{ clock: 1 }, { edit: "everything" }, { clockAheadMs: "1" }]) {
    const body = JSON.stringify({ personas: { somebody: persona } });
    expect((await fetch(url("/control/personas"), { method: "PUT", body })).status).toBe(400);
  }
});
