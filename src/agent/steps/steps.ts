import type { Kysely } from "kysely";
import type { Clock } from "#kit";
import { GalleyError } from "#kit";
import type { Schema } from "#platform/db";
import { type Lease, LeaseLost } from "#platform/leases";
import { recordUsage } from "#usage";
import type { ModelCall } from "../drafting/drafter.ts";
import { finishedSteps, finishStep, startStep } from "./steps.store.ts";

/** A step as it is planned, so that progress has an end. Numbers start at 1 and stay. */
type PlannedStep<Name extends string> = { name: Name; number: number; label: string };

/** What a step does. It reports each model call, paid or not; `notice`: what people should know although it is done. */
type StepWork<Output> = (
  report: (call: ModelCall) => void,
) => Promise<{ output: Output; notice?: string | null }>;

/** By name, what each step leaves for the next, as it is stored. */
export type RememberedSteps<Outputs extends Record<string, unknown>> = {
  /** Runs a step, or returns what an earlier execution left of it. */
  run<Name extends keyof Outputs & string>(
    step: PlannedStep<Name>,
    work: StepWork<Outputs[Name]>,
  ): Promise<Outputs[Name]>;
};

type StepsOptions = {
  runId: string;
  lease: Lease;
  clock: Clock;
  /** To whose account model calls go. */
  userId: string | null;
  operation: string;
};

/**
 * The steps of one piece of the agent's work, each remembered with what it left: after a crash work goes on behind the
 * last one that finished, and what it cost is written in the same transaction, so that no finished call is paid twice.
 */
export async function rememberSteps<Outputs extends Record<string, unknown>>(
  options: StepsOptions,
): Promise<RememberedSteps<Outputs>> {
  const { runId, lease, clock, userId, operation } = options;
  const { workspaceId, signal } = lease;
  const owner = { workspaceId, runId };
  const finished = await lease.write((db) => finishedSteps(db, owner));

  async function recordCalls(db: Kysely<Schema>, calls: readonly ModelCall[]): Promise<void> {
    for (const call of calls) await recordUsage(db, { ...call, workspaceId, userId, runId, operation });
  }

  return {
    async run(step, work) {
      const { number } = step;
      // Written below under the same number and name, so it has that shape.
      if (finished.has(number)) return finished.get(number) as Outputs[typeof step.name];
      signal.throwIfAborted();
      await lease.write((db) => startStep(db, owner, { ...step, at: clock.now() }));
      const calls: ModelCall[] = [];
      async function settle(output: unknown, notice: string | null): Promise<void> {
        await lease.write(async (db) => {
          await finishStep(db, owner, { number, output, notice, at: clock.now() });
          await recordCalls(db, calls);
        });
      }
      try {
        const { output, notice = null } = await work((call) => calls.push(call));
        await settle(output, notice);
        return output;
      } catch (error) {
        if (!(error instanceof LeaseLost) && !signal.aborted) await settle(null, explained(error).message);
        throw error;
      }
    },
  };
}

/** What a person reads of a failure. */
export function explained(error: unknown): { code: string; message: string } {
  if (error instanceof GalleyError && error.kind !== "internal")
    return { code: error.code, message: error.message };
  return {
    code: "agent.internal",
    message: "Something went wrong inside Galley; the server's log has the details.",
  };
}
