import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Agent, Drafter } from "#agent";
import { createAgent, extractiveDrafter } from "#agent";
import { agentRoutes } from "#agent/routes";
import { connectorRegistry } from "#connectors";
import type { Desk } from "#desk";
import { testUploads } from "./desk.ts";
import { createDesk, createMediaLinks } from "#desk";
import { postRoutes } from "#desk/routes";
import type { Clock, JsonObject } from "#kit";
import { systemClock } from "#kit";
import type { Database } from "#platform/db";
import { createFiles } from "#platform/files";
import { createHttpClient } from "#platform/http-client";
import { createJobs } from "#platform/jobs";
import { usageRoutes } from "#usage/routes";
import { cancelOnChannel } from "../../../src/delivery/order/deliveries.store.ts";
import { cancelOrder, cancelUnclaimedOrder, requestDeliveries } from "../../../src/delivery/order/order.ts";
import { sql } from "kysely";
import { type TestApp, type TestPerson, testApp } from "../app.ts";

export type TestAgentApp = TestApp & {
  agent: Agent;
  /** Executes a run as the worker would. */
  execute: (person: TestPerson, runId: string, signal?: AbortSignal) => Promise<void>;
};

export type TestAgentOptions = {
  drafter?: Drafter;
  clock?: Clock;
  /** Origins that the tests' own servers have. */
  allowOrigins?: string[];
  /** Stands between the agent and the desk, to crash there. */
  aroundDesk?: (desk: Pick<Desk, "propose">) => Pick<Desk, "propose">;
};

/** The agent behind the composed server, with the real desk, egress rules and database. */
export async function testAgentApp(options: TestAgentOptions = {}): Promise<TestAgentApp> {
  const directory = await mkdtemp(path.join(tmpdir(), "galley-agent-"));
  const clock = options.clock ?? systemClock;
  let agent: Agent | undefined;
  const app = await testApp({
    clock,
    register: (api, { database }) => {
      const made = agentOn(database, directory, clock, options);
      agent = made.agent;
      agentRoutes(api, { agent });
      postRoutes(api, { desk: made.desk });
      usageRoutes(api, { database, clock });
    },
  });
  const made = agent;
  if (!made) throw new Error("the server registered no routes");
  return {
    ...app,
    agent: made,
    execute: async (person, runId, signal = new AbortController().signal) =>
      made.tasks["agent.run"]?.({ workspaceId: person.workspaceId, runId }, { signal }),
    close: async () => {
      await app.close();
      await rm(directory, { recursive: true });
    },
  };
}

function agentOn(database: Database, directory: string, clock: Clock, options: TestAgentOptions) {
  const jobs = createJobs();
  const connectors = connectorRegistry();
  const desk = createDesk({
    database,
    jobs,
    connectors,
    connectorSettings: {},
    deliveries: {
      request: (db, order) => requestDeliveries(db, jobs, order),
      cancel: cancelOrder,
      cancelUnclaimed: cancelUnclaimedOrder,
      cancelOnChannel,
    },
    files: createFiles({ directory }),
    mediaLinks: createMediaLinks({ key: randomBytes(32) }),
    uploads: testUploads,
    clock,
  });
  const agent = createAgent({
    database,
    connectors,
    channels: channelsOf(database),
    desk: options.aroundDesk?.(desk) ?? desk,
    jobs,
    http: createHttpClient({ allowOrigins: options.allowOrigins ?? [] }),
    drafter: options.drafter ?? extractiveDrafter,
    clock,
  });
  return { agent, desk };
}

/** Names and limits of channels straight from their rows, as `#channels` reads them. */
function channelsOf(database: Database) {
  return {
    get: async (workspaceId: string, channelId: string) =>
      database.inWorkspace(workspaceId, (db) =>
        db
          .selectFrom("channels")
          .select(["id", "connector", "handle"])
          .select(sql<JsonObject | null>`account_limits`.as("accountLimits"))
          .where("workspace_id", "=", workspaceId)
          .where("id", "=", channelId)
          .executeTakeFirstOrThrow(),
      ),
  };
}
