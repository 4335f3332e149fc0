import { expect, test } from "vitest";
import type { StreamMessage } from "../api/event-stream.ts";
import { ApiError } from "../api/problem.ts";
import { follow, type News } from "./follow.ts";

/** What one connection says before it breaks off; with an error that is thrown. */
type Connection = { says: StreamMessage[]; fails?: unknown };

const open = (id: string): StreamMessage => ({ id, kind: "open" });
const refused = (status: number) => new ApiError({ status, code: "http.refused", message: "Refused" });
const times = { firstPauseMs: 1, graceMs: 20 };

/** Follows over these connections; the last stays open. */
async function over(connections: Connection[], graceMs = times.graceMs) {
  const ended = new AbortController();
  const asked: (string | null)[] = [];
  const heard: { news: News; at: string | null }[] = [];
  const isAtLast = Promise.withResolvers<undefined>();
  const followed = follow({
    after: null,
    signal: ended.signal,
    times: { ...times, graceMs },
    onNews: (news, at) => heard.push({ news, at }),
    read: async (after, onMessage) => {
      asked.push(after);
      const connection = connections.shift();
      for (const message of connection?.says ?? []) onMessage(message);
      if (connection?.fails !== undefined) throw connection.fails;
      if (connections.length > 0) return;
      isAtLast.resolve(undefined);
      await new Promise((resolve) => ended.signal.addEventListener("abort", resolve));
    },
  });
  await Promise.race([isAtLast.promise, followed]);
  return { asked, news: heard.map(({ news }) => news), heard, followed, end: () => ended.abort() };
}

const isOpen: News = { what: "state", isOpen: true };
const isLost: News = { what: "state", isOpen: false };
function change(kind: string | null): News {
  return { what: "change", kind };
}

test("events are told with their place, and a connection that breaks off is taken up from there", async () => {
  const { asked, heard, end, followed } = await over(
    [
      { says: [open("7"), { id: "8", kind: "post.created" }], fails: new TypeError("network error") },
      { says: [], fails: new TypeError("network error") },
      { says: [open("8"), { id: "9", kind: "post.approved" }] },
    ],
    1_000,
  );
  expect(asked).toEqual([null, "8", "8"]);
  expect(heard).toEqual([
    { news: isOpen, at: "7" },
    { news: change("post.created"), at: "8" },
    { news: isOpen, at: "8" },
    { news: change("post.approved"), at: "9" },
  ]);
  end();
  await followed;
});

test("what can't be told any more changes everything", async () => {
  const { news, end, followed } = await over([{ says: [{ id: "3", kind: "reset" }] }]);
  expect(news).toEqual([isOpen, change(null)]);
  end();
  await followed;
});

test("a connection that the server has ended asks as whom one is here", async () => {
  const { news, end, followed } = await over([{ says: [open("1")] }, { says: [open("1")] }], 1_000);
  expect(news).toEqual([isOpen, isOpen, change("access.checked")]);
  end();
  await followed;
});

test("a loss is told where it lasts", async () => {
  const failing = Array.from({ length: 8 }, () => ({ says: [], fails: new TypeError("network error") }));
  const { news, end, followed } = await over([{ says: [open("1")], fails: "cut" }, ...failing, { says: [] }]);
  expect(news).toEqual([isOpen, isLost]);
  end();
  await followed;
});

test("nobody asks again who was refused, but for a server that is busy", async () => {
  for (const status of [401, 403, 404]) {
    const { asked, news, followed } = await over([{ says: [], fails: refused(status) }, { says: [] }]);
    await followed;
    expect(asked).toEqual([null]);
    expect(news).toEqual([isLost]);
  }
  const { asked, end, followed } = await over([
    { says: [], fails: refused(429) },
    { says: [], fails: refused(503) },
    { says: [open("1")] },
  ]);
  expect(asked).toHaveLength(3);
  end();
  await followed;
});
