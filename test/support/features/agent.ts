import { type Agent, createAgent, type Drafter, extractiveDrafter } from "#agent";
import { agentApi } from "#agent/routes";
import type { Desk } from "#desk";
import type { Clock } from "#kit";
import { createHttpClient } from "#platform/http-client";
import { runTask } from "../../../src/agent/run.ts";
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
  const { clock, allowOrigins = [], drafter = extractiveDrafter, aroundDesk } = options;
  let agent: Agent | undefined;
  const app = await testApp({
    ...(clock && { clock }),
    serves: ["desk", "usage"],
    services: { http: createHttpClient({ allowOrigins }) },
    register: async (api, features) => {
      const desk = aroundDesk?.(features.desk) ?? features.desk;
      agent = createAgent({ ...features, desk, drafter });
      await agentApi({ agent }).routes?.(api);
    },
  });
  const made = agent;
  if (!made) throw new Error("the server registered no routes");
  return {
    ...app,
    agent: made,
    execute: async (person, runId, signal = new AbortController().signal) =>
      made.tasks[runTask]?.({ workspaceId: person.workspaceId, runId }, { signal }),
  };
}
