import { afterAll, describe, expect, it } from "vitest";
import type { FaultCase } from "./connector-suite.ts";
import { connectorContract } from "./connector-suite.ts";
import { startXHarness, type XHarness } from "./x-harness.ts";
import { xSpecValidator } from "./x-spec.ts";

const validate = xSpecValidator();
const violations: unknown[] = [];

function fault(
  name: string,
  kind: string,
  rest: Partial<FaultCase<XHarness>> & { delayMs?: number; code?: string } = {},
): FaultCase<XHarness> {
  const { delayMs = 0, code = "", ...expected } = rest;
  return {
    name,
    verdict: "unknown",
    visible: 0,
    arrange: async (harness) => {
      await harness.control("PUT", "faults", { faults: [{ kind, on: "create", delayMs, code }] });
    },
    ...expected,
  };
}

async function start(): Promise<XHarness> {
  const harness = await startXHarness(validate);
  return {
    ...harness,
    close: async () => {
      violations.push(...(await harness.violations()));
      await harness.close();
    },
  };
}

describe("X", () => {
  connectorContract<XHarness>("x", {
    start,
    options: {},
    threads: true,
    enforcesTextLimit: true,
    idempotent: false,
    refusesDuplicates: true,
    faults: [
      fault("503 and nothing done", "error_before_commit"),
      fault("500 and done", "error_after_commit", { visible: 1 }),
      fault("the answer is lost", "lost_answer", { visible: 1 }),
      fault("reset in the middle of the answer", "cut_answer", { visible: 1 }),
      fault("reset before anything was done", "reset_before_commit"),
      fault("an answer without sense", "garbled", { visible: 1 }),
      fault("no answer before the deadline", "slow", { visible: 1, deadlineMs: 1_500, delayMs: 4_000 }),
      fault("the body comes after the deadline", "slow_body", {
        visible: 1,
        deadlineMs: 1_500,
        delayMs: 4_000,
      }),
      fault("429", "throttle", { verdict: "throttled", delayMs: 7_000 }),
      fault("a duplicate", "refusal", { verdict: "rejected", code: "duplicate" }),
      fault("a duplicate of what is out", "refusal_after_commit", {
        verdict: "rejected",
        code: "duplicate",
        visible: 1,
      }),
      fault("the account is suspended", "refusal", {
        verdict: "unauthorized",
        code: "suspended",
        refreshable: false,
      }),
      fault("the account is locked", "refusal", {
        verdict: "unauthorized",
        code: "locked",
        refreshable: false,
      }),
      fault("the app has no credits", "refusal", { verdict: "rejected", code: "credits" }),
      fault("the app's cap is reached", "refusal", { verdict: "rejected", code: "usage-capped" }),
      {
        name: "an expired token, which a refresh cures",
        verdict: "unauthorized",
        refreshable: true,
        visible: 0,
        arrange: async (harness) => void (await harness.control("POST", "expire-tokens")),
        restore: async (harness) => void (await harness.refresh()),
      },
      {
        name: "access withdrawn, which X tells like an expired token; the refresh tells the difference",
        verdict: "unauthorized",
        refreshable: true,
        visible: 0,
        arrange: async (harness) => void (await harness.control("POST", "revoke-tokens")),
        restore: async (harness) => {
          await expect(harness.refresh()).rejects.toMatchObject({
            verdict: "unauthorized",
            refreshable: false,
            code: "x.access_ended",
          });
          await harness.connect();
        },
      },
    ],
  });

  afterAll(() => {
    expect(violations).toEqual([]);
  });
});

it.skipIf(validate === null)("the suite's requests keep to X's own specification", async () => {
  const harness = await startXHarness(validate);
  const wrong = await harness.context().http.request({
    method: "POST",
    url: `${harness.url}/2/tweets`,
    headers: { authorization: "Bearer t", "content-type": "application/json" },
    body: JSON.stringify({ status: "as version 1.1 had it" }),
  });
  expect(wrong.status).toBe(400);
  expect(await harness.violations()).toHaveLength(1);
  await harness.close();
});
