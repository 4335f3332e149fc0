import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ConnectorContext, DeliveryInput, Published } from "#connectors";
import { connectorRegistry } from "#connectors";
import type { BrokenProxy } from "./broken-proxy.ts";
import { startBrokenProxy } from "./broken-proxy.ts";
import type { ContractHarness } from "./connector-suite.ts";
import { connectorContract } from "./connector-suite.ts";
import { failureOf } from "./failure-of.ts";
import { mediaFile, picture } from "./files.ts";
import { contractHttp, nowhere } from "./http.ts";
import { since, told } from "./located.ts";
import { contractMail } from "./mail.ts";
import { startPds } from "./pds.ts";

type BlueskyHarness = ContractHarness & {
  proxy: BrokenProxy;
  spoilSession(): Promise<void>;
  refresh(): Promise<void>;
  /** What the account's posts answer, the newest first. */
  replies(): Promise<unknown[]>;
};

const records = z.object({
  cursor: z.string().optional(),
  records: z.array(
    z.object({
      value: z.object({
        text: z.string(),
        embed: z.object({ images: z.array(z.object({ alt: z.string() })) }).optional(),
        reply: z.unknown().optional(),
      }),
    }),
  ),
});

async function start(): Promise<BlueskyHarness> {
  const pds = await startPds();
  const proxy = await startBrokenProxy({ host: "127.0.0.1", port: Number(new URL(pds.url).port) });
  const connector = connectorRegistry().get("bluesky");
  if (connector?.connect.kind !== "form") throw new Error("bluesky connects by a form");
  const { connect } = connector;
  const service = `http://127.0.0.1:${proxy.port}`;
  let credentials: ConnectorContext["credentials"] = {};

  function context(deadlineMs = 15_000): ConnectorContext {
    const signal = AbortSignal.timeout(deadlineMs);
    const http = contractHttp([pds.url, service, nowhere], signal);
    return {
      http,
      mail: contractMail([]),
      credentials,
      accountId: pds.did,
      scopes: [],
      settings: {},
      signal,
    };
  }

  async function list(cursor?: string): Promise<z.output<typeof records>["records"]> {
    const query = new URLSearchParams({ repo: pds.did, collection: "app.bsky.feed.post", limit: "100" });
    if (cursor !== undefined) query.set("cursor", cursor);
    const url = `${pds.url}/xrpc/com.atproto.repo.listRecords?${query.toString()}`;
    const answer = await context().http.request({ method: "GET", url });
    const page = records.parse(JSON.parse(Buffer.from(answer.body).toString()));
    return page.cursor === undefined ? page.records : [...page.records, ...(await list(page.cursor))];
  }

  const form = { identifier: pds.handle, appPassword: pds.appPassword, service };
  const opened = await connect.open(context(), form);
  credentials = opened.credentials;
  return {
    connector,
    proxy,
    context,
    unreachable: () => ({ ...context(), credentials: { ...credentials, service: nowhere } }),
    async visible() {
      const all = await list();
      return all.map(({ value }) => ({
        text: value.text,
        altTexts: value.embed?.images.map((image) => image.alt) ?? [],
      }));
    },
    replies: async () => (await list()).flatMap(({ value }) => value.reply ?? []),
    async spoilSession() {
      credentials = { ...credentials, accessJwt: "a.b.c" };
    },
    async refresh() {
      if (connect.refresh === null) throw new Error("bluesky has sessions to refresh");
      ({ credentials } = await connect.refresh(context()));
    },
    async close() {
      await proxy.close();
      await pds.stop();
    },
  };
}

connectorContract<BlueskyHarness>("bluesky", {
  start,
  options: {},
  threads: true,
  enforcesTextLimit: true,
  idempotent: true,
  faults: [
    {
      name: "the answer is lost",
      verdict: "unknown",
      visible: 1,
      async arrange({ proxy }) {
        proxy.mode = "lose_answer";
      },
      async restore({ proxy }) {
        proxy.mode = "pass";
      },
    },
    {
      name: "no answer before the deadline",
      verdict: "unknown",
      visible: 0,
      deadlineMs: 500,
      async arrange({ proxy }) {
        proxy.mode = "swallow";
      },
      async restore({ proxy }) {
        proxy.mode = "pass";
      },
    },
    {
      name: "a session that the server no longer knows, which a refresh cures",
      verdict: "unauthorized",
      refreshable: true,
      visible: 0,
      arrange: (harness) => harness.spoilSession(),
      restore: (harness) => harness.refresh(),
    },
  ],
});

function input(text: string): DeliveryInput {
  return {
    deliveryId: randomUUID(),
    dueAt: new Date(),
    media: [],
    variant: { parts: [text, "two"], link: null, firstComment: "comment", options: {}, media: [] },
  };
}

function key(index: number): string {
  return `${randomUUID()}-${index}`;
}

describe("what answers a post of which a person told the address alone", () => {
  let harness: BlueskyHarness;
  beforeAll(async () => {
    harness = await start();
  });
  afterAll(() => harness.close());

  async function first() {
    const plan = await harness.connector.prepare(harness.context(), input(`one ${randomUUID()}`));
    const ref = { index: 0, key: key(0), published: [] };
    return { plan, post: await harness.connector.commit(harness.context(), plan, ref) };
  }

  it("names the post as its own record does, by its handle, too", async () => {
    const { plan, post } = await first();
    const rkey = post.url?.split("/").at(-1);
    const live: Published = {
      externalId: "",
      url: `https://bsky.app/profile/galley.example/post/${rkey}`,
      data: {},
    };
    const part = await harness.connector.commit(harness.context(), plan, {
      index: 1,
      key: key(1),
      published: [live],
    });
    await harness.connector.commit(harness.context(), plan, {
      index: 2,
      key: key(2),
      published: [live, part],
    });
    const own = { uri: post.externalId, cid: post.data["cid"] };
    expect((await harness.replies()).slice(0, 2)).toEqual([
      { root: own, parent: own },
      { root: own, parent: own },
    ]);
  });

  it.each([null, "https://bsky.app/profile/galley.example/post/3kznmn7xqxl22", "https://bsky.app/"])(
    "is not written where the account has none at %s",
    async (url) => {
      const { plan } = await first();
      const before = (await harness.visible()).length;
      const live: Published = { externalId: "", url, data: {} };
      const ref = { index: 1, key: key(1), published: [live] };
      const failure = await failureOf(harness.connector.commit(harness.context(), plan, ref));
      expect(failure).toMatchObject({ verdict: "rejected", code: "bluesky.parent_unknown" });
      expect(await harness.visible()).toHaveLength(before);
    },
  );
});

describe("what was sent under a key that nobody knows any more", () => {
  let harness: BlueskyHarness;
  beforeAll(async () => {
    harness = await start();
  });
  afterAll(() => harness.close());

  it("is found in the account's list by what it says, shows and answers", async () => {
    const { connector } = harness;
    if (connector.locate === "unsupported") throw new TypeError("Bluesky can be read back");
    const sentAt = new Date();
    const given = input(`one ${randomUUID()}`);
    const about = { mimeType: "image/jpeg", altText: "soup", publicUrl: "https://example.test/soup.jpg" };
    const media = [mediaFile(await picture(40, 40), about)];
    const plan = await connector.prepare(harness.context(), { ...given, media });
    const published: Published[] = [];
    for (const index of plan.items.keys()) {
      const ref = { index, key: key(index), published: [...published] };
      published.push(await connector.commit(harness.context(), plan, ref));
    }
    // The same post, ordered anew.
    const again = await connector.prepare(harness.context(), {
      ...input(given.variant.parts[0] ?? ""),
      media,
    });
    for (const index of again.items.keys()) {
      const ref = { index, key: key(index), published: published.slice(0, index) };
      const found = await connector.locate(harness.context(), again, ref, since(sentAt, true));
      expect(told(found)).toMatchObject({
        matches: [{ externalId: published[index]?.externalId }],
        coversFrom: new Date(0),
      });
      const byKey = await connector.locate(harness.context(), again, ref, since(sentAt));
      expect(byKey).toEqual({ by: "key", posts: [] });
    }
  });
});
