import { z } from "zod";
import type { ConnectorRegistry } from "#connectors";
import type { Desk } from "#desk";
import type { Actor, Clock, JsonObject } from "#kit";
import { newId } from "#kit";
import type { Database } from "#platform/db";
import { append } from "#platform/events";
import type { HttpClient } from "#platform/http-client";
import type { Jobs, Sweep, Task } from "#platform/jobs";
import type { OutcomeLog } from "#platform/telemetry";
import type { AgentChannels } from "./channels.ts";
import type { Drafter, DrafterInfo } from "./drafting/drafter.ts";
import { AgentError } from "./error.ts";
import { runCancelled, runStarted } from "./events.ts";
import { type RunInput, runTask, type RunView } from "./run.ts";
import type { RunSummary } from "./runs.read.ts";
import { listRuns, readRun } from "./runs.read.ts";
import { cancelRun, insertRun, strandedRuns } from "./runs.store.ts";
import type { SourceRequest } from "./sources/material.ts";
import { checkSource } from "./sources/read-source.ts";

export type AgentParts = {
  database: Database;
  connectors: ConnectorRegistry;
  channels: AgentChannels;
  desk: Pick<Desk, "propose">;
  jobs: Jobs;
  http: Pick<HttpClient, "fetchDocument">;
  drafter: Drafter;
  clock: Clock;
  /** Where outcomes of runs are said; default: nowhere. */
  log?: OutcomeLog;
};

export type DraftOrder = { source: SourceRequest; channelIds: string[]; tone: string | null };

/** Turns material into drafts. It holds no tokens and cannot submit, approve or publish. */
export type Agent = {
  drafter: DrafterInfo;
  /**
   * Starts a run and returns it as it stands. Throws `AgentError` for a source that can never be read
   * (`agent.source_too_large`, `agent.source_malformed`) and what `channels.get` throws.
   */
  start(actor: Actor, order: DraftOrder): Promise<RunView>;
  read(workspaceId: string, runId: string): Promise<RunView>;
  list(
    workspaceId: string,
    page: { cursor: string | undefined; limit: number },
  ): Promise<{ items: RunSummary[]; next: string | null }>;
  /** Stops a run. Throws `agent.run_finished` when there is nothing left to stop. */
  cancel(actor: Actor, runId: string): Promise<RunView>;
  tasks: Record<string, Task>;
  sweeps: Sweep[];
};

const payloadSchema = z.object({ workspaceId: z.uuid(), runId: z.uuid() });

export function createAgent(parts: AgentParts): Agent {
  const { database, jobs, clock } = parts;

  async function start(actor: Actor, order: DraftOrder): Promise<RunView> {
    checkSource(order.source);
    const input: RunInput = {
      source: order.source,
      channels: await namedChannels(parts.channels, actor.workspaceId, order.channelIds),
      tone: order.tone,
    };
    const runId = newId();
    await database.inWorkspace(actor.workspaceId, async (db) => {
      await insertRun(db, actor, runId, input);
      await jobs.enqueue(db, runTask, { workspaceId: actor.workspaceId, runId }, { key: jobKey(runId) });
      const details = { source: order.source.kind, channels: input.channels.map(({ id }) => id) };
      await append(db, runStarted, { actor, targetId: runId, data: details });
    });
    return readRun(parts, actor.workspaceId, runId);
  }

  async function cancel(actor: Actor, runId: string): Promise<RunView> {
    const run = await readRun(parts, actor.workspaceId, runId);
    await database.inWorkspace(actor.workspaceId, async (db) => {
      if (!(await cancelRun(db, { workspaceId: actor.workspaceId, runId }, clock.now())))
        throw runFinished(run);
      await append(db, runCancelled, { actor, targetId: runId });
    });
    return readRun(parts, actor.workspaceId, runId);
  }

  async function execute(payload: JsonObject, { signal }: { signal: AbortSignal }): Promise<void> {
    // Loaded with the first run: reading and drafting are the larger part of this folder.
    const { executeRun } = await import("./execute.ts");
    await executeRun(parts, payloadSchema.parse(payload), signal);
  }

  async function wakeStranded(): Promise<void> {
    const stranded = await strandedRuns(database.system, clock.now());
    await jobs.enqueueMany(
      database.system,
      stranded.map((run) => ({ task: runTask, payload: run, key: jobKey(run.runId) })),
    );
  }

  return {
    drafter: parts.drafter.info,
    start,
    read: (workspaceId, runId) => readRun(parts, workspaceId, runId),
    list: (workspaceId, page) => listRuns(parts, workspaceId, page),
    cancel,
    tasks: { [runTask]: execute },
    sweeps: [{ name: "agent.stranded", everyMs: 10_000, run: wakeStranded }],
  };
}

function jobKey(runId: string): string {
  return `${runTask}:${runId}`;
}

async function namedChannels(
  channels: AgentChannels,
  workspaceId: string,
  ids: string[],
): Promise<RunInput["channels"]> {
  const named: RunInput["channels"] = [];
  for (const channelId of new Set(ids)) {
    const { id, connector, handle } = await channels.get(workspaceId, channelId);
    named.push({ id, connector, handle });
  }
  return named;
}

function runFinished(run: RunView): AgentError {
  const message = `This run is ${run.state} already; there is nothing to stop.`;
  return new AgentError({ code: "agent.run_finished", kind: "conflict", message });
}
