import type { FaultCase } from "./connector-suite.ts";
import { connectorContract } from "./connector-suite.ts";
import type { LinkedInHarness } from "./linkedin.ts";
import { startLinkedInHarness } from "./linkedin.ts";

function fault(
  name: string,
  kind: string,
  rest: Partial<FaultCase<LinkedInHarness>>,
  more: { delayMs?: number; code?: string } = {},
): FaultCase<LinkedInHarness> {
  return {
    name,
    verdict: "unknown",
    visible: 0,
    arrange: (harness) => harness.control("PUT", "faults", { faults: [{ kind, on: "create", ...more }] }),
    ...rest,
  };
}

const faults: FaultCase<LinkedInHarness>[] = [
  fault("503 and nothing done", "error_before_commit", {}),
  fault("500 and done", "error_after_commit", { visible: 1 }),
  fault("the answer is lost", "lost_answer", { visible: 1 }),
  fault("reset in the middle of the answer", "cut_answer", { visible: 1 }),
  fault("reset before anything was done", "reset_before_commit", {}),
  fault("an answer without sense", "garbled", { visible: 1 }),
  fault("no answer before the deadline", "slow", { visible: 1, deadlineMs: 1_500 }, { delayMs: 4_000 }),
  fault(
    "the end of the answer comes after the deadline",
    "slow_body",
    { visible: 1, deadlineMs: 1_500 },
    { delayMs: 4_000 },
  ),
  fault("408", "refusal", {}, { code: "408" }),
  fault("504 and done", "refusal_after_commit", { visible: 1 }, { code: "504" }),
  fault("429", "throttle", { verdict: "throttled" }, { delayMs: 7_000 }),
  fault("a duplicate that LinkedIn only believes in", "refusal", { verdict: "rejected" }, { code: "422" }),
  fault("not allowed", "refusal", { verdict: "rejected" }, { code: "403" }),
  {
    name: "a sunset version of the API",
    verdict: "throttled",
    visible: 0,
    arrange: (harness) => harness.control("PUT", "switches", { oldestVersion: "202608" }),
    restore: (harness) => harness.control("PUT", "switches", { oldestVersion: "202512" }),
  },
  {
    name: "the day's limit is reached",
    verdict: "throttled",
    visible: 0,
    arrange: (harness) => harness.control("PUT", "switches", { memberPostsPerDay: 0 }),
    restore: (harness) => harness.control("PUT", "switches", { memberPostsPerDay: 150 }),
  },
  {
    name: "an expired token without a way to renew it",
    verdict: "unauthorized",
    refreshable: false,
    visible: 0,
    arrange: (harness) => harness.control("POST", "expire-tokens"),
    restore: (harness) => harness.connect(),
  },
  {
    name: "access withdrawn, which nothing cures but the person",
    verdict: "unauthorized",
    refreshable: false,
    visible: 0,
    arrange: (harness) => harness.control("POST", "revoke-tokens"),
    restore: (harness) => harness.connect(),
  },
];

for (const kind of ["profile", "page"] as const) {
  connectorContract<LinkedInHarness>(`LinkedIn (${kind})`, {
    start: () => startLinkedInHarness(kind),
    options: {},
    threads: false,
    enforcesTextLimit: true,
    idempotent: false,
    refusesDuplicates: true,
    faults,
  });
}
