import type { ConnectorRegistry } from "#connectors";
import { forAccount } from "#connectors";
import type { Desk } from "#desk";
import type { Actor, Clock } from "#kit";
import { GalleyError, withoutSuspicious } from "#kit";
import type { Database } from "#platform/db";
import { isDatabaseUnavailable } from "#platform/db";
import type { HttpClient } from "#platform/http-client";
import { type Lease, LeaseLost, underLease } from "#platform/leases";
import { noOutcomeLog, type OutcomeLog, withOutcome } from "#platform/telemetry";
import type { AgentChannels } from "./channels.ts";
import { digest } from "./drafting/digest.ts";
import type { Drafter } from "./drafting/drafter.ts";
import { visibleContent } from "./drafting/visible.ts";
import { AgentError } from "./error.ts";
import type { StepOutput } from "./run.ts";
import { plannedSteps } from "./run.ts";
import type { ClaimedRun, RunKey } from "./runs.store.ts";
import * as store from "./runs.store.ts";
import { referenceTo } from "./sources/material.ts";
import { readSource } from "./sources/read-source.ts";
import { explained, rememberSteps } from "./steps/steps.ts";

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

/** Until another worker may take a run whose worker fell silent. */
const leaseMs = 30_000;
/** A run that ended its worker this often is not tried again. */
const mostExecutions = 5;

/**
 * Executes a run from its first step that is not finished. Safe to call at any time, twice at once, and
 * after a crash: one worker at a time holds the run's lease, what a slower one still wants to write is refused, and a
 * finished step is never repeated. Ends early and leaves the run to others when `signal` aborts.
 */
export async function executeRun(parts: ExecutionParts, key: RunKey, signal: AbortSignal): Promise<void> {
  const { database } = parts;
  await underLease(database, { key: store.leaseOf(key), forMs: leaseMs, signal }, async (lease) => {
    const claimed = await lease.write((db) => store.beginRun(db, key));
    if (claimed === null) return;
    const run = { ...claimed, key, lease };
    try {
      const outcome = { kind: "run", about: key, of: () => ({ outcome: "proposed" }) };
      await withOutcome(parts.log ?? noOutcomeLog, outcome, () => runSteps(parts, run));
    } catch (error) {
      await settleFailure(parts, run, error);
    }
  });
}

/** A run under the lease of the worker that executes it. */
type HeldRun = ClaimedRun & { key: RunKey; lease: Lease };

async function settleFailure(
  { clock }: ExecutionParts,
  { key, lease }: HeldRun,
  error: unknown,
): Promise<void> {
  if (error instanceof LeaseLost || isDatabaseUnavailable(error)) return;
  // Cancelled, or another worker has it; or the process stops, and the next worker goes on with the steps that it has.
  if (lease.signal.aborted) return;
  await lease.write((db) => store.finishRun(db, key, explained(error), clock.now()));
  if (!(error instanceof GalleyError)) throw error;
}

async function runSteps(parts: ExecutionParts, run: HeldRun): Promise<void> {
  const { key, input, lease } = run;
  const { workspaceId, runId } = key;
  const { signal } = lease;
  if (run.executions > mostExecutions) throw gaveUp();
  const actor = await agentFor(parts, run);
  const plan = plannedSteps(input, (id) => parts.connectors.get(id)?.name ?? id);
  const steps = await rememberSteps<StepOutput>({
    runId,
    lease,
    clock: parts.clock,
    userId: run.createdBy,
    operation: "draft",
  });
  const { material } = await steps.run(plan.read, async () => {
    const { material, notice } = await readSource(input.source, { http: parts.http, signal });
    return { output: { material }, notice };
  });
  const reference = referenceTo(material);
  await lease.write((db) =>
    store.noteOnRun(db, key, { sources: [reference], drafter: parts.drafter.info.label }),
  );
  const understood = await steps.run(plan.understand, () =>
    Promise.resolve({ output: { digest: digest(material) } }),
  );
  const variants: StepOutput["draft"][] = [];
  for (const { channel, ...step } of plan.drafts) {
    const drafted = await steps.run(step, async (report) => {
      const platform = parts.connectors.get(channel.connector);
      if (!platform) throw unknownConnector(channel.connector);
      const { accountLimits } = await parts.channels.get(workspaceId, channel.id);
      const connector = forAccount(platform, accountLimits);
      const request = { material, ...understood, connector, tone: input.tone, signal, report };
      const { content, notice } = await parts.drafter.draft(request);
      return { output: { channelId: channel.id, content: visibleContent(content) }, notice };
    });
    variants.push(drafted);
  }
  const title = withoutSuspicious(material.title).trim() || "Untitled draft";
  const draft = { title, variants, sources: [reference], runId };
  const { postId } = await steps.run(plan.propose, async () => ({
    output: { postId: await parts.desk.propose(actor, draft) },
  }));
  await lease.write((db) => store.finishRun(db, key, { postId }, parts.clock.now()));
}

/** The agent acts for the person who asked, while that person is a member, and never with more rights. */
async function agentFor({ database }: ExecutionParts, { key, createdBy }: HeldRun): Promise<Actor> {
  const { workspaceId, runId } = key;
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
