import type { Mutation } from "./failpoints/places.ts";
import type { Bounds } from "./platforms.ts";
import type { WeatherKind } from "./weather.ts";

/** One protection turned off, in the workers' sources alone. The harness must find out, or its green says nothing. */
export type Control = {
  what: string;
  mutations: Mutation[];
  bounds?: Partial<Bounds>;
  kinds: WeatherKind[];
  /** Where workers stand still; the perilous places when absent. */
  standAt?: RegExp;
  platforms?: string[];
  /** Of the accounts; all are alike when absent. */
  personas?: string[];
  livesMs?: number;
  settleWithinMs?: number;
};

const publish = "src/delivery/publish.ts";
const intentStands = "  if (!(await standsDurably(tools, sending, intent))) return null;";
const sends = "  const answer = await commitWithin(sending, call, deadline - performance.now());";

export const controls: Record<string, Control> = {
  "window-too-short": {
    what: "absence counts as proven before the platform's latest moment",
    mutations: [],
    bounds: { windowMs: 500, latestMs: 7_000 },
    kinds: ["faults"],
  },
  "no-fence": {
    what: "a worker that lost its claim sends all the same",
    mutations: [
      { file: publish, find: intentStands, put: intentStands.replace(/if \(!\((.*)\)\) return null/, "$1") },
    ],
    kinds: ["stops"],
    standAt: /^src\/(delivery\/publish\.ts.*(prepareToSend|openAndPlan)|channels\/channels\.ts.*open:)/,
  },
  "send-before-intent": {
    what: "the post is sent first and the intent written afterwards",
    mutations: [
      {
        file: publish,
        find: intentStands,
        put: `const early = await commitWithin(sending, { index: item, key: itemKey(claimed, item), published: [...published] }, settling.deadlineMs);\n${intentStands}`,
      },
      { file: publish, find: sends, put: "const answer = early;" },
    ],
    kinds: ["kills", "stops"],
  },
  "http-retries": {
    what: "a request whose answer was lost is sent once more",
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
    mutations: [
      { file: "src/platform/http-client/exchange.ts", find: "if (trip.isOver()) {", put: "if (false) {" },
    ],
    kinds: ["stops"],
    standAt: /^src\/platform\/http-client\/exchange\.ts exchange:after openSocket/,
  },
  "unknown-is-failed": {
    what: "a lost answer is told as a failure",
    mutations: [
      {
        file: "src/delivery/verdicts.ts",
        find: 'if (facts.verdict === "rejected") {',
        put: 'if (facts.verdict === "rejected" || facts.verdict === "unknown") {',
      },
      {
        file: "src/delivery/verdicts.ts",
        find: 'if (facts.verdict === "unknown" || maybeOurs) {',
        put: "if (maybeOurs) {",
      },
    ],
    kinds: ["faults"],
  },
  "no-recovery": {
    what: "nobody takes over from a worker that died",
    mutations: [
      { file: "src/delivery/deliveries.ts", find: "await recoverExpired(database.system);", put: "" },
    ],
    kinds: ["kills"],
  },
  "another-text": {
    what: "what is sent is not what was approved",
    mutations: [
      {
        file: "src/connectors/sandbox/index.ts",
        find: "const payload = payloadSchema.parse(planned.payload);",
        put: 'const payload = payloadSchema.parse(planned.payload); payload.text += " Buy now!";',
      },
    ],
    kinds: ["kills"],
  },
};
