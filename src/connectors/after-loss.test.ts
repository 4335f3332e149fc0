import { describe, expect, test } from "vitest";
import { tidFor } from "./bluesky/tid.ts";
import type { Connector, ConnectorContext, ConnectorHttp, Located, Plan } from "./contract.ts";
import { connectorRegistry } from "./index.ts";

// After a loss, what was sent may stand under a key that nobody knows any more: a list is read where there is one.

const sentAt = new Date("2026-03-01T12:00:00Z");
const minute = 60_000;

function at(ms: number): Date {
  return new Date(sentAt.getTime() + ms);
}

function noMail() {
  return Promise.reject(new TypeError("no mail here"));
}

function connectorOf(id: string): Connector {
  const connector = connectorRegistry().get(id);
  if (!connector) throw new TypeError(`there is no connector ${id}`);
  return connector;
}

function locate(
  id: string,
  given: Pick<ConnectorContext, "http" | "credentials" | "settings"> & Partial<ConnectorContext>,
  payload: Plan["items"][number]["payload"],
): Promise<Located | "unsupported"> {
  const { locate: read } = connectorOf(id);
  if (read === "unsupported") throw new TypeError("it can be read back");
  const context: ConnectorContext = {
    mail: { send: noMail, verify: noMail },
    accountId: "did:plc:brand",
    scopes: [],
    signal: new AbortController().signal,
    ...given,
  };
  const lookedFor = { sentAt, from: at(-2 * minute), afterLoss: true };
  const plan: Plan = { items: [{ kind: "post", payload }] };
  return read(context, plan, { index: 0, key: "k", published: [] }, lookedFor);
}

function answerOf(status: number, body: unknown) {
  return { status, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) };
}

function record(ms: number, value: object, rkey = tidFor("x", at(ms))): object {
  return { uri: `at://did:plc:brand/app.bsky.feed.post/${rkey}`, cid: "c", value };
}

function embed(link: string) {
  const image = { $type: "blob", ref: { $link: link }, mimeType: "image/png", size: 1 };
  return { $type: "app.bsky.embed.images", images: [{ image, alt: "" }] };
}

function caught(subject: string, to = "ada@example.test") {
  return { messageId: `<${subject}@x>`, subject, receivedAt: at(minute).toISOString(), to: [to] };
}

function done<Value>(value: Value) {
  return Promise.resolve({ kind: "done" as const, value });
}

describe("the records of an account on Bluesky", () => {
  type Page = { records: unknown[]; cursor?: string };

  /** Pages in the order in which they are asked for; nothing stands under the key. */
  function listing(...pages: Page[]): { http: ConnectorHttp; cursors: (string | null)[] } {
    const cursors: (string | null)[] = [];
    const request: ConnectorHttp["request"] = ({ url }) => {
      if (url.includes("repo.getRecord")) {
        return Promise.resolve(answerOf(400, { error: "RecordNotFound", message: "No." }));
      }
      const query = new URL(url).searchParams;
      const page = pages[cursors.length];
      cursors.push(query.get("cursor"));
      return Promise.resolve(answerOf(200, page));
    };
    return { http: { request }, cursors };
  }

  const credentials = {
    service: "https://pds.example.test",
    identifier: "brand.example.test",
    appPassword: "p",
    accessJwt: "a",
    refreshJwt: "r",
  };
  const wanted = {
    $type: "app.bsky.feed.post",
    text: "A pot of soup",
    createdAt: sentAt.toISOString(),
    embed: embed("file"),
  };
  const read = (http: ConnectorHttp) => locate("bluesky", { http, credentials, settings: {} }, wanted);

  test("are compared by what they say, answer and show, whatever else stands in them", async () => {
    const text = wanted.text;
    const records = [
      record(5 * minute, { text, embed: embed("file"), createdAt: "yesterday" }),
      record(4 * minute, { text, embed: embed("another") }),
      record(3 * minute, { text, embed: embed("file"), reply: { parent: { uri: "at://p" } } }),
      record(2 * minute, { text: 7, embed: "none", reply: "none" }),
    ];
    const located = await read(listing({ records }).http);
    expect(located).toMatchObject({
      by: "list",
      coversFrom: new Date(0),
      posts: [
        { likeness: "same", createdAt: at(5 * minute) },
        { likeness: "similar" },
        { likeness: "similar" },
        { likeness: "other" },
      ],
    });
  });

  test("are read page by page, past an empty one, until they are older than what is looked for", async () => {
    const old = -3 * 60 * minute;
    const { http, cursors } = listing(
      { records: [record(minute, { text: "one" })], cursor: "a" },
      { records: [], cursor: "b" },
      { records: [record(old, { text: "two" })], cursor: "c" },
    );
    const located = await read(http);
    expect(cursors).toEqual([null, "a", "b"]);
    expect(located).toMatchObject({ by: "list", coversFrom: at(old), posts: [{}, {}] });
  });

  test("are not whole in another order than that of their keys", async () => {
    const located = await read(
      listing({ records: [record(0, { text: "one" }), record(minute, { text: "two" })] }).http,
    );
    expect(located).toMatchObject({ by: "list", coversFrom: null });
  });

  test("with keys of another form say nothing of how far the list reaches", async () => {
    const { http } = listing(
      { records: [record(0, { text: "one", createdAt: "2020-01-01T00:00:00Z" }, "welcome")], cursor: "a" },
      { records: [] },
    );
    expect(await read(http)).toMatchObject({ posts: [{ createdAt: new Date("2020-01-01") }] });
  });
});

test("a site stands in the database itself, so what is not in it is nowhere", async () => {
  const site = { find: () => done(null) } as unknown as NonNullable<ConnectorContext["site"]>;
  const http = { request: () => Promise.reject(new TypeError("nothing is asked over HTTP")) };
  const located = await locate("site", { http, credentials: {}, settings: {}, site }, {});
  expect(located).toEqual({ by: "list", posts: [], coversFrom: new Date(0), shows: [] });
});

describe("the mails in the catcher", () => {
  const credentials = {
    server: null,
    from: { name: "Brand", address: "brand@example.test" },
    recipients: ["ada@example.test"],
  };
  const catcher = {
    host: "127.0.0.1",
    port: 1025,
    readBackUrl: "http://catcher.test",
    publicUrl: "http://catcher.test",
  };
  const payload = {
    subject: "Our spring list",
    html: "",
    text: "",
    date: sentAt.toISOString(),
    from: credentials.from,
    to: credentials.recipients,
    inline: [],
  };

  test.each([
    ["one with the same subject may be it", caught("Our spring list"), [{ likeness: "similar" }]],
    ["one with another subject is not", caught("Invoice 7"), [{ likeness: "other" }]],
    ["one to others is not", caught("Our spring list", "ben@example.test"), []],
  ])("%s", async (_what, mail, posts) => {
    const http = { request: () => Promise.resolve(answerOf(200, { items: [mail] })) };
    const located = await locate("email", { http, credentials, settings: { catcher } }, payload);
    expect(located).toMatchObject({ by: "list", coversFrom: new Date(0), posts });
  });
});
