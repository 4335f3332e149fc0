import type { Mutation } from "./failpoints/places.ts";
import type { FaultKind } from "./fault-schedule.ts";
import type { Harm } from "./judge.ts";
import type { Bounds } from "./platforms.ts";

/** One protection turned off, in the workers' sources alone. The harness must find out, or its green says nothing. */
export type Control = {
  what: string;
  /** What must come of it, any of these: another harm would be red for a reason of its own. */
  harms: readonly (Harm | "asks too much")[];
  mutations: Mutation[];
  bounds?: Partial<Bounds>;
  kinds: FaultKind[];
  /** Where workers stand still; the perilous places when absent. */
  standAt?: RegExp;
  platforms?: string[];
  /** Of the accounts; all are alike when absent. */
  personas?: string[];
  accounts?: number;
  lifetimeMs?: number;
  settleWithinMs?: number;
};

const publish = "src/delivery/send/publish.ts";
const intentStands = "  if (!(await standsDurably(deps, sending, intent))) return null;";
const sends = "  const answer = await commitWithin(sending, call, deadline - performance.now());";

/** Nobody dies, and each account has many posts, so that lists are long and what is believed of them decides. */
const believing = { kinds: ["faults" as const], accounts: 4, lifetimeMs: 60_000, settleWithinMs: 240_000 };
/** Where a list lacks what was confirmed, it is not believed whatever else is off. */
const withoutWitnesses = {
  file: "src/delivery/reconcile/proof.ts",
  find: "const missing = facts.witnesses.filter((id) => !listed.has(id));",
  put: "const missing = facts.witnesses.filter((id) => listed.has(id) && false);",
};
const pages = ["linkedin-page", "mastodon"];

export const controls: Record<string, Control> = {
  "window-too-short": {
    what: "absence counts as proven before the platform's latest moment",
    harms: ["duplicated"],
    mutations: [],
    bounds: { windowMs: 500, latestMs: 7_000 },
    kinds: ["faults"],
  },
  "no-fence": {
    what: "a worker that lost its claim sends all the same",
    harms: ["duplicated"],
    mutations: [
      { file: publish, find: intentStands, put: intentStands.replace(/if \(!\((.*)\)\) return null/, "$1") },
    ],
    kinds: ["stops"],
    // Where the lease is renewed no longer: before, the end of the lease alone would stop it.
    standAt:
      /^src\/delivery\/send\/publish\.ts (prepareToSend:after whileHeld|publishDelivery:after prepareToSend)/,
  },
  "send-before-intent": {
    what: "the post is sent first and the intent written afterwards",
    harms: ["duplicated"],
    mutations: [
      {
        file: publish,
        find: intentStands,
        put: `const early = await commitWithin(sending, { index: item, key: itemKey(claimed, item), published: [...published] }, intent.deadlineMs);\n${intentStands}`,
      },
      { file: publish, find: sends, put: "const answer = early;" },
    ],
    kinds: ["kills", "stops"],
  },
  "http-retries": {
    what: "a request whose answer was lost is sent once more",
    harms: ["duplicated"],
    mutations: [
      {
        file: "src/platform/http-client/client.ts",
        find: "return exchange(target, sent, trip, connectorMaxBytes);",
        put: "return exchange(target, sent, trip, connectorMaxBytes).catch(() => exchange(target, sent, trip, connectorMaxBytes));",
      },
    ],
    kinds: ["faults"],
  },
  "no-last-look-at-the-clock": {
    what: "a worker that stood still sends what another has sent meanwhile",
    harms: ["duplicated"],
    mutations: [
      { file: "src/platform/http-client/exchange.ts", find: "if (trip.isOver()) {", put: "if (false) {" },
    ],
    kinds: ["stops"],
    standAt: /^src\/platform\/http-client\/exchange\.ts exchange:after openSocket/,
  },
  "unknown-is-failed": {
    what: "a lost answer is told as a failure",
    harms: ["falsely failed"],
    mutations: [
      {
        file: "src/delivery/model/verdicts.ts",
        find: 'if (facts.verdict === "rejected") {',
        put: 'if (facts.verdict === "rejected" || facts.verdict === "unknown") {',
      },
      {
        file: "src/delivery/model/verdicts.ts",
        find: 'if (facts.verdict === "unknown" || maybeOurs) {',
        put: "if (maybeOurs) {",
      },
    ],
    kinds: ["faults"],
  },
  "no-recovery": {
    what: "nobody takes over from a worker that died",
    harms: ["endless"],
    mutations: [
      {
        file: "src/delivery/maintenance/maintenance.ts",
        find: "if (await clockSteps.compare()) await recoverExpired(database.system);",
        put: "await clockSteps.compare();",
      },
    ],
    kinds: ["kills"],
  },
  "another-text": {
    what: "what is sent is not what was approved",
    harms: ["unapproved"],
    mutations: [
      {
        file: "src/connectors/sandbox/index.ts",
        find: "const payload = payloadSchema.parse(planned.payload);",
        put: 'const payload = payloadSchema.parse(planned.payload); payload.text += " Buy now!";',
      },
    ],
    kinds: ["kills"],
  },
  "no-skew": {
    ...believing,
    what: "a list counts as whole from t_send, by whatever clock",
    harms: ["duplicated", "asks too much"],
    mutations: [
      {
        file: "src/delivery/reconcile/proof.ts",
        find: "return new Date(sentAt.getTime() - skewMs);",
        put: "return skewMs < 0 ? new Date() : sentAt;",
      },
    ],
    platforms: pages,
    personas: ["clock behind"],
  },
  "any-short-page-is-the-last": {
    ...believing,
    what: "a list ends with a page that is shorter than was asked for, whatever the platform's documents say",
    harms: ["asks too much"],
    mutations: [
      {
        file: "src/connectors/linkedin/paging.ts",
        find: "return page.elements.length < pageSize && !isNamed;",
        put: "return page.elements.length < pageSize || isNamed;",
      },
      {
        file: "src/connectors/mastodon/statuses.ts",
        find: 'isLast: !/;\\s*rel="?next"?/iu.test(response.headers["link"] ?? "")',
        put: "isLast: statuses.length < pageSize",
      },
    ],
    platforms: pages,
    personas: ["small pages"],
  },
  "no-page-again": {
    ...believing,
    what: "one page that fails makes the whole list fail",
    harms: ["asks too much"],
    mutations: [
      { file: "src/connectors/read-again.ts", find: "const mostTries = 3;", put: "const mostTries = 1;" },
    ],
    platforms: pages,
    personas: ["failing pages"],
  },
  "no-resemblance": {
    ...believing,
    what: "what is not the same, sign by sign, is another post",
    harms: ["duplicated"],
    mutations: [
      {
        file: "src/connectors/likeness.ts",
        find: 'return resembles(listed, wanted) ? "similar" : "other";',
        put: 'return "other";',
      },
    ],
    platforms: ["linkedin-page", "facebook", "x"],
    personas: ["other quotes", "no emoji selectors", "zero-width signs"],
  },
  "no-witnesses": {
    ...believing,
    what: "a list is believed although it lacks what Galley has seen published",
    harms: ["duplicated"],
    mutations: [withoutWitnesses],
    platforms: [...pages, "facebook", "x"],
    personas: ["empty lists", "old lists"],
  },
  "any-clock": {
    ...believing,
    what: "times count whatever the platform's clock says, where nothing stands witness",
    harms: ["duplicated"],
    mutations: [
      {
        file: "src/delivery/reconcile/proof.ts",
        find: "return clockAheadMs !== null && Math.abs(clockAheadMs) > skewMs;",
        put: "return clockAheadMs !== null && skewMs < 0;",
      },
      withoutWitnesses,
    ],
    platforms: pages,
    personas: ["clock far behind"],
    accounts: 2,
  },
  "first-duplicate-is-final": {
    ...believing,
    what: "a refusal as a duplicate of the first attempt is told as a failure",
    harms: ["falsely failed"],
    mutations: [
      {
        file: "src/delivery/model/verdicts.ts",
        find: "isDuplicate(facts.code) && !facts.isAbsentDuplicate;",
        put: "isDuplicate(facts.code) && !facts.isAbsentDuplicate && facts.earlier.length > 0;",
      },
    ],
    platforms: ["linkedin-page", "facebook", "x"],
    personas: ["sent twice"],
  },
  "absent-duplicate-again": {
    ...believing,
    what: "what was refused as a duplicate, and is proven not to be there, is tried again and again",
    harms: ["endless"],
    mutations: [
      {
        file: "src/delivery/send/outcome.ts",
        find: '({ state }) => state === "absent_proven")?.errorCode',
        put: '({ state }) => state === "claimed")?.errorCode',
      },
    ],
    platforms: ["linkedin-page", "facebook", "x"],
    personas: ["always a duplicate"],
    settleWithinMs: 60_000,
  },
  "twin-is-absent": {
    ...believing,
    what: "a list is believed against the platform's own word that it has the post",
    harms: ["falsely failed", "duplicated"],
    mutations: [
      {
        file: "src/delivery/reconcile/proof.ts",
        find: "if (facts.isTwinOfLost || located.isOut === true) {",
        put: "if (located.isOut === true) {",
      },
    ],
    platforms: ["linkedin-page", "facebook", "x"],
    personas: ["empty, yet refused"],
    accounts: 6,
  },
  "any-refusal-counts": {
    ...believing,
    what: "a 403 that a firewall made up is the platform's word",
    harms: ["falsely failed"],
    mutations: [
      {
        file: "src/connectors/answers.ts",
        find: "if (isOwn && isFinalStatus(status)) {",
        put: "if (isFinalStatus(status)) {",
      },
    ],
    platforms: [...pages, "x"],
    personas: ["firewall"],
  },
  "any-of-several": {
    ...believing,
    what: "a thread goes on below the oldest of several equal posts",
    harms: ["misthreaded"],
    mutations: [
      {
        file: "src/delivery/reconcile/proof.ts",
        find: "const doubt = facts.hasReplies &&",
        put: "const doubt = facts.hasReplies && facts.looks < 0 &&",
      },
    ],
    platforms: ["x", "linkedin-page", "facebook"],
    personas: ["equal just before"],
  },
};
