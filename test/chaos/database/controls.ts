import type { Mutation } from "../failpoints/places.ts";

/** One protection turned off, in the workers' sources alone. Its scenario must find out, or its green says nothing. */
export type Control = {
  what: string;
  scenario: string;
  times: number;
  /** What must come of it, any of these: all else would be red for a reason of its own. */
  harms: readonly ("twice" | "lost" | "otherwise wrong" | "findings")[];
  mutations: Mutation[];
};

const history = "src/delivery/quarantine/history.ts";

export const controls: Record<string, Control> = {
  "no-history": {
    what: "nobody asks the database's server how far it has come, and on which timeline",
    scenario: "promotions",
    times: 5,
    harms: ["twice"],
    mutations: [
      { file: history, find: "now.timeline !== null && row.timeline !== null", put: "false" },
      { file: history, find: "now.server !== null && row.server !== null", put: "false" },
      { file: history, find: "now.position !== null && now.position < facts.seenPosition", put: "false" },
      {
        file: "src/delivery/send/commits.ts",
        find: "writeIntents(database.system, intents, seen)",
        put: "writeIntents(database.system, intents, 0)",
      },
    ],
  },
  "no-other-states": {
    what: "only what is scheduled is looked for after a restore",
    scenario: "restores",
    times: 2,
    harms: ["twice"],
    mutations: [
      {
        file: "src/delivery/quarantine/quarantine.store.ts",
        find: "where d.state not in ('confirmed', 'cancelled', 'partly')",
        put: "where d.state = 'scheduled'",
      },
    ],
  },
  "no-own-clock": {
    what: "a window has passed when the database's clock says so, however that was set",
    scenario: "steps",
    times: 4,
    harms: ["twice"],
    mutations: [
      {
        file: "src/delivery/reconcile/proof.ts",
        find: "Math.max(byDatabase, settlingMs - knownForMs)",
        put: "byDatabase",
      },
      {
        file: "src/delivery/maintenance/maintenance.ts",
        find: "if (await clockSteps.compare()) ",
        put: "",
      },
    ],
  },
  "no-place": {
    what: "a copy of an installation takes itself for the first one",
    scenario: "clones",
    times: 1,
    harms: ["twice", "findings"],
    mutations: [
      {
        file: history,
        find: "hasDeliveries && marker?.place && place ? moveOf(marker.place, place) : null",
        put: "null",
      },
    ],
  },
  "read-only-is-a-refusal": {
    what: "a database that only reads counts as one that has refused the answer",
    scenario: "failovers",
    times: 3,
    harms: ["findings"],
    mutations: [{ file: "src/platform/db/errors.ts", find: "|25006|25P03", put: "" }],
  },
};
