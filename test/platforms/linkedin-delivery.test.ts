import { describe, expect } from "vitest";
import type { ConnectorContext, VariantContent } from "#connectors";
import type { Deliveries } from "#delivery";
import { type LinkedInHarness, startLinkedInHarness } from "../contract/linkedin.ts";
import type { TestDatabase } from "../support/database.ts";
import {
  buildDeliveryFixture,
  type DeliveryFixture,
  orderPost,
  sweepUntil,
  testDeliveries,
  textVariant,
} from "../support/features/delivery.ts";
import { test as base } from "../support/fixtures/database.ts";

/**
 * Approved posts on their way to LinkedIn through delivery, on a real database: whatever becomes of an
 * answer, the emulator's journal shows each post once, and what cannot be known is asked of a person.
 */
const test = base
  .extend("page", { scope: "file" }, async ({ server }, { onCleanup }) => {
    const page = await open(server, "page");
    onCleanup(() => page.harness.close());
    return page;
  })
  .extend("profile", { scope: "file" }, async ({ server }, { onCleanup }) => {
    const profile = await open(server, "profile");
    onCleanup(() => profile.harness.close());
    return profile;
  });

type Desk = {
  harness: LinkedInHarness;
  fixture: DeliveryFixture;
  deliveries: Deliveries;
  reconnects: string[];
};

async function open({ database }: TestDatabase, kind: "profile" | "page"): Promise<Desk> {
  const harness = await startLinkedInHarness(kind);
  const fixture = await buildDeliveryFixture(database, harness.connector);
  const reconnects: string[] = [];
  const deliveries = testDeliveries({
    database,
    connectors: [harness.connector],
    open: async (signal, refresh) => {
      if (refresh) await harness.refresh();
      return { connector: harness.connector, context: impatient({ ...harness.context(), signal }) };
    },
    reconnects,
  });
  return { harness, fixture, deliveries, reconnects };
}

/** Short windows, so that tests see the end of them. */
function impatient(context: ConnectorContext): ConnectorContext {
  return { ...context, settings: { ...context.settings, deadlineMs: 1_000, windowMs: 1_600 } };
}

const ends = new Set(["confirmed", "rejected", "needs_reconnect", "needs_human", "missed"]);

async function deliver({ fixture, deliveries }: Desk, content: VariantContent) {
  const { postId } = await orderPost(fixture, deliveries, content);
  async function view() {
    const [found] = await deliveries.forPost(fixture.workspaceId, postId);
    if (!found) throw new Error("there is no delivery");
    return found;
  }
  await sweepUntil(deliveries, async () => ends.has((await view()).state));
  return view();
}

async function visible({ harness }: Desk, text: string): Promise<number> {
  return (await harness.journal()).filter((post) => post.text === text).length;
}

async function switchOn({ harness }: Desk, kind: string, more: object = {}): Promise<void> {
  await harness.control("PUT", "faults", { faults: [{ kind, on: "create", ...more }] });
}

describe("a post on its way to a Page", () => {
  test("goes out once, with its address and its first comment", async ({ page }) => {
    const content = { ...textVariant("Quietly, and once"), firstComment: "The first (comment)" };
    const view = await deliver(page, content);
    expect(view).toMatchObject({ state: "confirmed" });
    expect(view.attempts.map(({ item, state }) => [item, state])).toEqual([
      [0, "confirmed"],
      [1, "confirmed"],
    ]);
    expect(view.externalUrl).toMatch(/\/feed\/update\/urn:li:share:\d+\/$/);
    expect(await visible(page, "Quietly, and once")).toBe(1);
    expect(await visible(page, "The first (comment)")).toBe(1);
  });

  test.for(["lost_answer", "cut_answer", "error_after_commit", "garbled"])(
    "%s: is found in the Page's posts and not sent again",
    async (kind, { page }) => {
      const text = `After ${kind}: #tag (a_b) <c> @d {e|f}`;
      await switchOn(page, kind);
      const view = await deliver(page, textVariant(text));
      expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
      expect(await visible(page, text)).toBe(1);
    },
  );

  test.for(["error_before_commit", "reset_before_commit"])(
    "%s: its absence is proven, then it is sent again",
    async (kind, { page }) => {
      await switchOn(page, kind);
      const view = await deliver(page, textVariant(`After ${kind}`));
      expect(view.attempts).toMatchObject([
        { number: 1, state: "absent_proven" },
        { number: 2, state: "confirmed", settledBy: "answer" },
      ]);
      expect(await visible(page, `After ${kind}`)).toBe(1);
    },
  );

  test("that the listing holds late is protected by LinkedIn's refusal of duplicates", async ({ page }) => {
    // Longer than the window: the listing has proven an absence that was none.
    await switchOn(page, "late_commit", { delayMs: 4_000 });
    const view = await deliver(page, textVariant("Late but once"));
    expect(view.state).toBe("confirmed");
    expect(view.attempts[0]).toMatchObject({ number: 1, state: "absent_proven" });
    expect(view.attempts.at(-1)).toMatchObject({ state: "confirmed", settledBy: "located" });
    expect(await visible(page, "Late but once")).toBe(1);
  });

  test("whose text LinkedIn has already is rejected with the address of the other", async ({ page }) => {
    await deliver(page, textVariant("Said before"));
    const again = await deliver(page, textVariant("Said before"));
    expect(again).toMatchObject({ state: "rejected", error: { code: "linkedin.duplicate" } });
    expect(again.error?.message).toContain("/feed/update/urn:li:share:");
    expect(await visible(page, "Said before")).toBe(1);
  });
});

describe("a post on its way to a profile", () => {
  test("goes out once", async ({ profile }) => {
    const view = await deliver(profile, textVariant("To my profile"));
    expect(view).toMatchObject({ state: "confirmed", attempts: [{ number: 1, settledBy: "answer" }] });
    expect(await visible(profile, "To my profile")).toBe(1);
  });

  test.for(["lost_answer", "error_before_commit"])(
    "%s: a person is asked, and nothing is sent meanwhile",
    async (kind, { profile }) => {
      const text = `After ${kind}`;
      await switchOn(profile, kind);
      const before = await profile.harness.asked("POST", /^\/rest\/posts$/);
      const view = await deliver(profile, textVariant(text));
      expect(view).toMatchObject({ state: "needs_human", attempts: [{ number: 1, state: "ambiguous" }] });
      expect(await profile.harness.asked("POST", /^\/rest\/posts$/)).toBe(before + 1);
      expect(await visible(profile, text)).toBe(kind === "lost_answer" ? 1 : 0);
    },
  );

  test("waits for a new version of the API instead of failing", async ({ profile }) => {
    profile.harness.settings["apiVersion"] = "202501";
    const { postId } = await orderPost(profile.fixture, profile.deliveries, textVariant("After the sunset"));
    const code = async () =>
      (await profile.deliveries.forPost(profile.fixture.workspaceId, postId))[0]?.error?.code ?? null;
    await sweepUntil(profile.deliveries, async () => (await code()) === "linkedin.version_ended");
    profile.harness.settings["apiVersion"] = "";
    await sweepUntil(profile.deliveries, async () => (await visible(profile, "After the sunset")) === 1);
  });

  test("whose access has ended asks for a new connection", async ({ profile }) => {
    await profile.harness.control("POST", "expire-tokens");
    const view = await deliver(profile, textVariant("Too late for this token"));
    expect(view.state).toBe("needs_reconnect");
    expect(profile.reconnects).toEqual([expect.stringContaining("60 days")]);
    expect(await visible(profile, "Too late for this token")).toBe(0);
  });
});
