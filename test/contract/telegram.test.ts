import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ConnectorContext, connectorRegistry, externalIdIn } from "#connectors";
import { startTelegram, telegramBot } from "#emulator";
import type { JsonObject } from "#kit";
import { connectorContract, type ContractHarness, type FaultCase } from "./connector-suite.ts";
import { contractHttp, nowhere } from "./http.ts";
import { contractMail } from "./mail.ts";

const journal = z.object({ posts: z.array(z.object({ text: z.string(), altTexts: z.array(z.string()) })) });

type TelegramHarness = ContractHarness & {
  control(path: string, body: JsonObject): Promise<void>;
  url: string;
};

const filled = { botToken: telegramBot.token, chatId: telegramBot.chat };

async function start(): Promise<TelegramHarness> {
  const server = await startTelegram({ host: "127.0.0.1", port: 0, publicUrl: null });
  const connector = connectorRegistry().get("telegram");
  if (connector?.connect.kind !== "form") throw new TypeError("Telegram connects by a form");
  let credentials: ConnectorContext["credentials"] = {};
  let accountId = "";

  function context(deadlineMs = 10_000, url = server.url): ConnectorContext {
    const signal = AbortSignal.timeout(deadlineMs);
    const http = contractHttp([server.url, nowhere], signal);
    return {
      http,
      mail: contractMail([]),
      credentials,
      accountId,
      scopes: [],
      settings: { apiUrl: url },
      signal,
    };
  }

  const opened = await connector.connect.open(context(), filled);
  ({ credentials } = opened);
  ({ accountId } = opened.account);
  return {
    connector,
    url: server.url,
    context,
    unreachable: () => context(10_000, nowhere),
    async visible() {
      const answer = await context().http.request({ method: "GET", url: `${server.url}/control/journal` });
      return journal.parse(JSON.parse(Buffer.from(answer.body).toString())).posts;
    },
    async control(path, body) {
      await context().http.request({
        method: "PUT",
        url: `${server.url}/control/${path}`,
        body: JSON.stringify(body),
      });
    },
    close: () => server.close(),
  };
}

function fault(
  name: string,
  kind: string,
  rest: Partial<FaultCase<TelegramHarness>> & { delayMs?: number } = {},
): FaultCase<TelegramHarness> {
  const { delayMs = 0, ...expected } = rest;
  const faults = [{ kind, on: "create", delayMs }];
  return {
    name,
    verdict: "unknown",
    visible: 0,
    arrange: (at) => at.control("faults", { faults }),
    ...expected,
  };
}

connectorContract<TelegramHarness>("telegram", {
  start,
  options: {},
  threads: true,
  enforcesTextLimit: true,
  idempotent: false,
  faults: [
    fault("502 and nothing done", "error_before_commit"),
    fault("500 and done", "error_after_commit", { visible: 1 }),
    fault("the answer is lost", "lost_answer", { visible: 1 }),
    fault("an answer without sense", "garbled", { visible: 1 }),
    fault("no answer before the deadline", "slow", { visible: 1, deadlineMs: 1_500, delayMs: 4_000 }),
    fault("429", "throttle", { verdict: "throttled", delayMs: 7_000 }),
    fault("a refusal", "refusal", { verdict: "rejected" }),
    {
      name: "the bot was taken out of the channel",
      verdict: "unauthorized",
      refreshable: false,
      visible: 0,
      arrange: (harness) => harness.control("telegram", { administrator: false }),
      restore: (harness) => harness.control("telegram", { administrator: true }),
    },
  ],
});

describe("Telegram", () => {
  let harness: TelegramHarness;
  beforeAll(async () => {
    harness = await start();
  });
  afterAll(() => harness.close());

  function open(form: Record<string, string>) {
    const { connect } = harness.connector;
    if (connect.kind !== "form") throw new TypeError("Telegram connects by a form");
    return connect.open(harness.context(), { ...filled, ...form });
  }

  it.each([
    [{ botToken: "nonsense" }, "telegram.bad_botToken"],
    [{ chatId: "https://t.me/galley" }, "telegram.bad_chatId"],
    [{ botToken: "987654321:AAE-another-bot-token-of-nobody" }, "telegram.unauthorized"],
    [{ chatId: "@somebody_else" }, "telegram.rejected"],
  ])("refuses a form with %j", async (form: Record<string, string>, code) => {
    await expect(open(form)).rejects.toMatchObject({ code });
  });

  it("says so where the bot may not post", async () => {
    await harness.control("telegram", { administrator: false });
    await expect(open({})).rejects.toMatchObject({ code: "telegram.may_not_post" });
    await harness.control("telegram", { administrator: true });
  });

  it("writes in the channel that was approved, whoever has its name by now", async () => {
    const { connector } = harness;
    const variant = {
      parts: ["For readers of the Press"],
      link: null,
      media: [],
      firstComment: null,
      options: {},
    };
    await harness.control("telegram", { nameMoved: true });
    try {
      const input = { deliveryId: "moved", variant, media: [], dueAt: new Date() };
      const plan = await connector.prepare(harness.context(), input);
      const item = { index: 0, key: "moved", published: [] };
      const { url } = await connector.commit(harness.context(), plan, item);
      expect(url).toContain(telegramBot.chat.slice(1));
      // The check of the channel says that its name leads to another one.
      expect((await connector.probe(harness.context())).accountId).not.toBe(harness.context().accountId);
    } finally {
      await harness.control("telegram", { nameMoved: false });
    }
  });

  it("takes less text under pictures, and says so", () => {
    const media = [{ mediaId: "m", altText: "" }];
    const variant = { parts: ["x".repeat(1025)], link: null, media, firstComment: null, options: {} };
    const codes = harness.connector.validate(variant, []).map(({ code }) => code);
    expect(codes).toContain("telegram.caption_too_long");
  });

  it.each([
    ["https://t.me/galley_press/12", "12"],
    ["https://t.me/c/1234567890/12", "12"],
    ["https://t.me/galley_press", null],
  ])("reads %s as %s", (url, id) => {
    expect(externalIdIn(harness.connector, url)).toBe(id);
  });
});
