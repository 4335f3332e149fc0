import { sql } from "kysely";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser, press } from "./chromium.ts";
import { inspect } from "./inspect.ts";
import { call, publish, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

type Attempt = { state: string; doubt: { reason: string; seen: { url: string | null }[] } | null };
type Delivery = {
  id: string;
  state: string;
  externalUrl: string | null;
  attempts: Attempt[];
  secondCopies: { url: string | null; ownUrl: string | null; acknowledgedAt: string | null }[];
};

/** Reading back goes on for a minute after the window before a person is asked. */
const patience = 150_000;

describe.skipIf(noBrowser !== null)("what a person sees of what Galley saw", () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let sandbox: string;

  beforeAll(async () => {
    server = await startServer({
      CONNECTORS: JSON.stringify({ sandbox: { deadlineMs: 1_500, windowMs: 2_600 } }),
      DELIVERY_MARGIN_SECONDS: "1",
    });
    browser = await launch();
    const context = await browser.newContext({
      reducedMotion: "reduce",
      viewport: { width: 1280, height: 900 },
    });
    page = await context.newPage();
    page.setDefaultTimeout(patience);
    ({ sandbox } = await seedWorkspace(page, server.url));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function setFaults(...faults: object[]): Promise<void> {
    const status = await page.evaluate(
      async (body) =>
        (
          await fetch("/sandbox/control/faults", {
            method: "PUT",
            headers: { "content-type": "application/json" },
            body,
          })
        ).status,
      JSON.stringify({ faults }),
    );
    expect(status).toBe(200);
  }

  async function sent(text: string, ...faults: object[]): Promise<string> {
    await setFaults(...faults);
    return publish(page, text, [{ channelId: sandbox, content: { parts: [text] } }]);
  }

  async function deliveryOf(postId: string): Promise<Delivery | undefined> {
    return (await call(page, "listPostDeliveries", { params: { id: postId } })).items[0];
  }

  async function becomes(postId: string, state: string): Promise<void> {
    await expect.poll(async () => (await deliveryOf(postId))?.state, { timeout: patience }).toBe(state);
  }

  test("why it is asked, and each address, of which one is the answer", { timeout: 300_000 }, async () => {
    const text = "The winter catalogue is printed: forty-eight pages, two colours, bound by hand";
    await becomes(await sent(text, { kind: "ghost_duplicate" }), "confirmed");
    const postId = await sent(`${text}!`, { kind: "reset_before_commit" });
    await becomes(postId, "needs_human");
    const doubt = (await deliveryOf(postId))?.attempts[0]?.doubt;
    expect(doubt).toMatchObject({ reason: "resembles", seen: [{}] });
    const address = doubt?.seen[0]?.url ?? "none";
    await page.goto(`${server.url}/posts/${postId}`);
    await page.getByText("Did this go live?").waitFor();
    await page.getByText("what may be this post, or one that somebody else wrote").first().waitFor();
    await page
      .getByText(/^It was sent at .* Galley looked \d+ times, last at .* read to its end\.$/u)
      .waitFor();
    const link = page.getByRole("list", { name: "Posts that may be it" }).getByRole("link");
    expect(await link.getAttribute("href")).toBe(address);
    expect(await link.getAttribute("target")).toBe("_blank");
    await inspect(page, "question-seen");
    await press(page, "button", /^This is it/u);
    expect(await page.getByLabel(/^Address of the live post/u).inputValue()).toBe(address);
    await page.keyboard.press("Enter");
    await becomes(postId, "confirmed");
    expect(await deliveryOf(postId)).toMatchObject({ externalUrl: address });
  });

  test(
    "a second copy, with both addresses, until somebody says that it is settled",
    { timeout: 180_000 },
    async () => {
      const text = "Came up when nobody expected it any more";
      const postId = await sent(text, { kind: "late_commit", delayMs: 12_000 });
      await becomes(postId, "confirmed");
      const { id = "" } = (await deliveryOf(postId)) ?? {};
      // The first of them is made until it shows both; the other one a day later.
      await expect
        .poll(
          async () => {
            await sql`update delivery_later_looks set due_at = clock_timestamp(), done_at = null, outcome = null
            where delivery_id = ${id} and turn = 1 and outcome is distinct from 'found'`.execute(
              server.database.system,
            );
            return (await deliveryOf(postId))?.secondCopies.length;
          },
          { timeout: patience, interval: 3_000 },
        )
        .toBe(1);
      await page.goto(`${server.url}/needs-you`);
      await page.getByText("This is live twice").waitFor();
      await page.getByText("Live twice", { exact: true }).waitFor();
      await inspect(page, "needs-second-copy");
      await page.goto(`${server.url}/posts/${postId}`);
      await page.getByText("This is live twice").waitFor();
      await inspect(page, "post-second-copy");
      const links = page.getByRole("list", { name: "Copies on the platform" }).getByRole("link");
      const [copy] = (await deliveryOf(postId))?.secondCopies ?? [];
      const hrefs = await links.evaluateAll((all) => all.map((one) => one.getAttribute("href")));
      expect(hrefs).toEqual([copy?.ownUrl, copy?.url]);
      expect(new Set(hrefs).size).toBe(2);
      await press(page, "button", "Done");
      await page.getByText("This is live twice").waitFor({ state: "detached" });
      expect((await deliveryOf(postId))?.secondCopies[0]?.acknowledgedAt).not.toBeNull();
      await page.goto(`${server.url}/needs-you`);
      await page.getByText("Nothing needs you").waitFor();
    },
  );
});
