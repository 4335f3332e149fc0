import { sql } from "kysely";
import { expect } from "vitest";
import { type Connector, ConnectorFailure, type Published } from "#connectors";
import { asOwner } from "../../../test/support/database.ts";
import { following, orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { testOnSharedSandbox as test } from "../../../test/support/fixtures/delivery.ts";

test("a key under which the platform keeps an equal post's: the other gets a new one", async ({
  server,
  platform,
  fixture,
}) => {
  const { connector } = platform;
  const { locate } = connector;
  if (locate === "unsupported") throw new TypeError("the sandbox can be read back");
  const kept = new Map<string, Published>();
  const lost = new ConnectorFailure({ verdict: "unknown", code: "sandbox.lost", message: "No answer." });
  let commits = 0;
  let isOtherFound = false;
  const keyed: Connector = {
    ...connector,
    // The first arrives and its answer is lost; the second never arrives.
    commit: async (context, plan, item) => {
      const before = kept.get(item.key);
      if (before) return before;
      commits += 1;
      if (commits === 2) throw lost;
      const published = await connector.commit(context, plan, item);
      kept.set(item.key, published);
      if (commits === 1) throw lost;
      return published;
    },
    locate: (context, plan, item, since) =>
      kept.has(item.key) && !isOtherFound
        ? Promise.resolve({ by: "list", posts: [], coversFrom: null, shows: [] })
        : locate(context, plan, item, since),
  };
  const deliveries = platform.deliveries(server.database, { speaking: keyed });
  const { untilState } = following(fixture, deliveries);
  const one = await orderPost(fixture, deliveries, textVariant("Said twice"));
  await untilState(one.postId, "ambiguous");
  const other = await orderPost(fixture, deliveries, textVariant("Said twice"));
  await untilState(other.postId, "confirmed");
  isOtherFound = true;
  const view = await untilState(one.postId, "confirmed");
  expect(view?.attempts).toMatchObject([
    { number: 1, state: "absent_proven" },
    { number: 2, state: "absent_proven" },
    { number: 3, state: "confirmed", settledBy: "answer" },
  ]);
  expect((await platform.journal()).map(({ text }) => text)).toEqual(["Said twice", "Said twice"]);
});

function duplicate(): ConnectorFailure {
  const message = "It is there already.";
  return new ConnectorFailure({ verdict: "rejected", code: "sandbox.duplicate", message });
}

test("a refusal as duplicate is not final where an answer was lost after the last one was", async ({
  server,
  platform,
  fixture,
}) => {
  const { connector } = platform;
  let commits = 0;
  const hiding: Connector = {
    ...connector,
    // An old post has the same words; it is taken down; the second try arrives and its answer is lost.
    commit: async (...asked) => {
      commits += 1;
      if (commits !== 2) throw duplicate();
      await connector.commit(...asked);
      throw new ConnectorFailure({ verdict: "unknown", code: "sandbox.lost", message: "No answer." });
    },
    // The list hides what is new.
    locate: () => Promise.resolve({ by: "list", posts: [], coversFrom: new Date(0), shows: [] }),
  };
  const deliveries = platform.deliveries(server.database, { speaking: hiding });
  const { postId } = await orderPost(fixture, deliveries, textVariant("Once and hidden"));
  const stateOf = async () => (await deliveries.forPost(fixture.workspaceId, postId))[0]?.state ?? "";
  await sweepUntil(
    deliveries,
    async () => commits === 3 && !["in_flight", "claimed"].includes(await stateOf()),
  );
  expect((await platform.journal()).filter(({ text }) => text === "Once and hidden")).toHaveLength(1);
  expect(await stateOf()).not.toBe("rejected");
});

test("what stands under a key of our own is found, however long before this attempt it was made", async ({
  server,
  platform,
  fixture,
}) => {
  const { connector } = platform;
  const keyed: Connector = {
    ...connector,
    // As Galley's own pages: the first of several attempts made it, and a second one changes nothing.
    commit: () =>
      Promise.reject(
        new ConnectorFailure({ verdict: "unknown", code: "sandbox.lost", message: "No answer." }),
      ),
    locate: (_context, _plan, { key: externalId }) => {
      const createdAt = new Date(Date.now() - 9_000_000);
      const post = { externalId, url: "https://example.com/made-before", data: {}, createdAt };
      return Promise.resolve({ by: "key", posts: [post] });
    },
  };
  const deliveries = platform.deliveries(server.database, { speaking: keyed });
  const { untilState } = following(fixture, deliveries);
  const { postId } = await orderPost(fixture, deliveries, textVariant("Made before"));
  const view = await untilState(postId, "confirmed");
  expect(view?.attempts).toMatchObject([{ state: "confirmed", settledBy: "located" }]);
});

test("what the database refuses to write of a look ends in a question with the address, not in a circle", async ({
  server,
  platform,
  fixture,
}) => {
  const { connector } = platform;
  const url = "https://example.com/unwritten";
  const odd: Connector = {
    ...connector,
    commit: () =>
      Promise.reject(
        new ConnectorFailure({ verdict: "unknown", code: "sandbox.lost", message: "No answer." }),
      ),
    // PostgreSQL's text holds no such character.
    locate: () => {
      const post = { externalId: "odd", url, data: { note: "\0" }, createdAt: new Date() };
      return Promise.resolve({ by: "key", posts: [post] });
    },
  };
  const deliveries = platform.deliveries(server.database, { speaking: odd });
  const { untilState } = following(fixture, deliveries);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("Not to be written"));
  await untilState(postId, "ambiguous");
  const anHourAgo = `update delivery_attempts set intent_at = intent_at - interval '1 hour' where delivery_id = $1`;
  await asOwner(server.url, anHourAgo, [deliveryId]);
  const stateOf = async () => (await deliveries.forPost(fixture.workspaceId, postId))[0]?.state;
  await sweepUntil(
    deliveries,
    async () => {
      // Nobody waits for the next look.
      await sql`update deliveries set wake_at = now() where id = ${deliveryId} and state = 'ambiguous'`.execute(
        server.database.system,
      );
      return (await stateOf()) === "needs_human";
    },
    30_000,
  );
  const [view] = await deliveries.forPost(fixture.workspaceId, postId);
  expect(view?.attempts[0]).toMatchObject({ looks: 5, doubt: { reason: "unreadable", seen: [{ url }] } });
});
