import { setInterval } from "node:timers/promises";
import type { ConnectorRegistry } from "#connectors";
import { forAccount } from "#connectors";
import type { Desk } from "#desk";
import type { Actor, Clock } from "#kit";
import { GalleyError, withoutSuspicious } from "#kit";
import type { Database, Schema } from "#platform/db";
import { isDatabaseUnavailable } from "#platform/db";
import type { HttpClient } from "#platform/http-client";
import { noOutcomeLog, type OutcomeLog, withOutcome } from "#platform/telemetry";
import { recordUsage } from "#usage";
import type { Kysely } from "kysely";
import { digest } from "./drafting/digest.ts";
import type { AgentChannels } from "./channels.ts";
import type { Drafter, ModelCall } from "./drafting/drafter.ts";
import { visibleContent } from "./drafting/visible.ts";
import { AgentError } from "./error.ts";
import type { StepName, StepOutput } from "./run.ts";
import { plannedSteps } from "./run.ts";
import type { ClaimedRun, Hold } from "./runs.store.ts";
import * as store from "./runs.store.ts";
import { referenceTo } from "./sources/material.ts";
import { readSource } from "./sources/read-source.ts";

export type ExecutionParts = {
  database: Database;
  connectors: ConnectorRegistry;
  channels: AgentChannels;
  desk: Pick<Desk, "propose">;
  http: Pick<HttpClient, "fetchDocument">;
  drafter: Drafter;
  clock: Clock;
  /** Where outcomes of runs are said; default: nowhere. */
  log?: OutcomeLog;
};

/** Milliseconds until another worker may take a run whose worker fell silent. */
const leaseMs = 30_000;
const renewEveryMs = 10_000;
/** A run that ended its worker this often is not tried again. */
const MAX_EXECUTIONS = 5;

/** The run was cancelled, or another worker has it: this execution ends and writes nothing more. */
class HoldLost extends Error {
  readonly code = "agent.hold_lost";
}

/**
 * Executes a run from its first step that is not finished. Safe to call at any time, twice at once, and
 * after a crash: a lease says who works, a fence refuses what a slower worker still wants to write, and a
 * finished step is never repeated. Ends early and leaves the run to others when `signal` aborts.
 */
export async function executeRun(
  parts: ExecutionParts,
  key: { workspaceId: string; runId: string },
  signal: AbortSignal,
): Promise<void> {
  const now = parts.clock.now();
  const times = { now, leaseUntil: new Date(now.getTime() + leaseMs) };
  const claimed = await parts.database.inWorkspace(key.workspaceId, (db) => store.claimRun(db, key, times));
  if (!claimed) return;
  const stop = new AbortController();
  const lease = keepLease(parts, claimed.hold, stop);
  try {
    const outcome = { kind: "run", about: key, of: () => ({ outcome: "proposed" }) };
    await withOutcome(parts.log ?? noOutcomeLog, outcome, () =>
      runSteps(parts, claimed, AbortSignal.any([signal, stop.signal])),
    );
  } catch (error) {
    await settleFailure(parts, claimed.hold, error, signal);
  } finally {
    stop.abort();
    await lease;
  }
}

/** Renews the lease until stopped; stops the work where there is nothing to renew. */
async function keepLease(
  { database, clock }: ExecutionParts,
  hold: Hold,
  stop: AbortController,
): Promise<void> {
  try {
    for await (const _ of setInterval(renewEveryMs, undefined, { signal: stop.signal })) {
      const until = new Date(clock.now().getTime() + leaseMs);
      const mine = await database.inWorkspace(hold.workspaceId, (db) => store.moveLease(db, hold, until));
      if (!mine) stop.abort(new HoldLost());
    }
  } catch (error) {
    // A database that cannot be reached: the work will notice too, and the lease will run out.
    if (!stop.signal.aborted) stop.abort(error);
  }
}

async function settleFailure(
  { database, clock }: ExecutionParts,
  hold: Hold,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  if (error instanceof HoldLost || isDatabaseUnavailable(error)) return;
  await database.inWorkspace(hold.workspaceId, async (db) => {
    if (!(await store.lockRun(db, hold))) return;
    // The process stops: the run is free at once for the next worker, with the steps that it has.
    if (signal.aborted) await store.moveLease(db, hold, clock.now());
    else await store.finishRun(db, hold, explained(error), clock.now());
  });
  if (!(error instanceof GalleyError) && !signal.aborted) throw error;
}

function explained(error: unknown): { code: string; message: string } {
  if (error instanceof GalleyError && error.kind !== "internal")
    return { code: error.code, message: error.message };
  return {
    code: "agent.internal",
    message: "Something went wrong inside Galley; the server's log has the details.",
  };
}

async function runSteps(parts: ExecutionParts, run: ClaimedRun, signal: AbortSignal): Promise<void> {
  const { hold, input } = run;
  if (hold.fence > MAX_EXECUTIONS) throw gaveUp();
  const actor = await agentFor(parts, run);
  const steps = plannedSteps(input, (id) => parts.connectors.get(id)?.name ?? id);
  const execution = await openExecution(parts, run, signal);
  const material = await execution.step("read", steps, async () => {
    const { material, notice } = await readSource(input.source, { http: parts.http, signal });
    return { output: { material }, notice };
  });
  const reference = referenceTo(material.material);
  await parts.database.inWorkspace(hold.workspaceId, (db) =>
    store.noteOnRun(db, hold, { sources: [reference], drafter: parts.drafter.info.label }),
  );
  const understood = await execution.step("understand", steps, () =>
    Promise.resolve({ output: { digest: digest(material.material) } }),
  );
  const variants: StepOutput["draft"][] = [];
  for (const step of steps) {
    if (step.name !== "draft") continue;
    const drafted = await execution.step("draft", [step], async (report) => {
      const platform = parts.connectors.get(step.channel.connector);
      if (!platform) throw unknownConnector(step.channel.connector);
      const { accountLimits } = await parts.channels.get(hold.workspaceId, step.channel.id);
      const connector = forAccount(platform, accountLimits);
      const request = { ...material, ...understood, connector, tone: input.tone, signal, report };
      const { content, notice } = await parts.drafter.draft(request);
      return { output: { channelId: step.channel.id, content: visibleContent(content) }, notice };
    });
    variants.push(drafted);
  }
  const title = withoutSuspicious(material.material.title).trim() || "Untitled draft";
  const draft = { title, variants, sources: [reference], runId: hold.runId };
  const { postId } = await execution.step("propose", steps, async () => {
    return { output: { postId: await parts.desk.propose(actor, draft) } };
  });
  await parts.database.inWorkspace(hold.workspaceId, (db) =>
    store.finishRun(db, hold, { postId }, parts.clock.now()),
  );
}

type StepWork<Name extends StepName> = (
  report: (call: ModelCall) => void,
) => Promise<{ output: StepOutput[Name]; notice?: string | null }>;

/** Steps that are remembered: one that an earlier execution finished returns what it left. */
async function openExecution(parts: ExecutionParts, run: ClaimedRun, signal: AbortSignal) {
  const { hold } = run;
  const finished = await parts.database.inWorkspace(hold.workspaceId, (db) => store.finishedSteps(db, hold));

  async function write(work: (db: Kysely<Schema>, now: Date) => Promise<void>): Promise<void> {
    await parts.database.inWorkspace(hold.workspaceId, async (db) => {
      if (!(await store.lockRun(db, hold))) throw new HoldLost();
      await work(db, parts.clock.now());
    });
  }

  async function step<Name extends StepName>(
    name: Name,
    planned: readonly { name: StepName; number: number; label: string }[],
    work: StepWork<Name>,
  ): Promise<StepOutput[Name]> {
    const plan = planned.find((candidate) => candidate.name === name);
    if (!plan) throw new RangeError(`no step ${name}`);
    const { number, label } = plan;
    // Written by this function under the same name and number, so it has that shape.
    if (finished.has(number)) return finished.get(number) as StepOutput[Name];
    signal.throwIfAborted();
    await write((db, now) => store.startStep(db, hold, { number, name, label }, now));
    const calls: ModelCall[] = [];
    try {
      const { output, notice = null } = await work((call) => calls.push(call));
      await write(async (db, now) => {
        await store.finishStep(db, hold, { number, output, notice }, now);
        await recordCalls(db, run, calls);
      });
      return output;
    } catch (error) {
      if (!(error instanceof HoldLost) && !signal.aborted) {
        await write(async (db, now) => {
          await store.finishStep(db, hold, { number, output: null, notice: explained(error).message }, now);
          await recordCalls(db, run, calls);
        });
      }
      throw error;
    }
  }

  return { step };
}

async function recordCalls(db: Kysely<Schema>, run: ClaimedRun, calls: readonly ModelCall[]): Promise<void> {
  const { workspaceId, runId } = run.hold;
  for (const call of calls) {
    await recordUsage(db, { ...call, workspaceId, userId: run.createdBy, runId, operation: "draft" });
  }
}

/** The agent acts for the person who asked, while that person is a member, and never with more rights. */
async function agentFor({ database }: ExecutionParts, { hold, createdBy }: ClaimedRun): Promise<Actor> {
  const { workspaceId, runId } = hold;
  const person = createdBy ? await store.requester(database.system, workspaceId, createdBy) : null;
  if (person) return { ...person, kind: "agent", sessionId: runId, workspaceId };
  throw new AgentError({
    code: "agent.requester_gone",
    kind: "forbidden",
    message: "The person who asked for this draft is no longer a member of the workspace.",
  });
}

function gaveUp(): AgentError {
  return new AgentError({
    code: "agent.gave_up",
    kind: "unavailable",
    message:
      "This run was interrupted five times and is not tried again; start a new one, with a shorter source if you can.",
  });
}

function unknownConnector(id: string): AgentError {
  return new AgentError({
    code: "agent.unknown_connector",
    kind: "unprocessable",
    message: `There is no connector "${id}" here.`,
  });
}
