import type { Logger } from "./logger.ts";

/** Where outcomes are said. */
export type OutcomeLog = Pick<Logger, "info">;

export const noOutcomeLog: OutcomeLog = { info: () => undefined };

type Facts = Record<string, string | number | boolean | null>;

type Outcome<Result> = {
  /** The message of the line: `connection`, `refresh`, `run`. */
  kind: string;
  /** Ids of whom it concerns; never a secret or a text of a person. */
  about: Facts;
  /** What a success was; null: nothing happened that anybody would look for. */
  of: (result: Result) => (Facts & { outcome: string }) | null;
};

/**
 * Does some work and says what came of it, in one line at `info`: `outcome`, how long it took in milliseconds (`ms`),
 * and the `code` of a failure, which goes on to the caller.
 */
export async function withOutcome<Result>(
  log: OutcomeLog,
  { kind, about, of }: Outcome<Result>,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    const result = await work();
    const outcome = of(result);
    if (outcome !== null) log.info({ ...about, ...outcome, ms: ms() }, kind);
    return result;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unexpected";
    log.info({ ...about, outcome: "failed", code, ms: ms() }, kind);
    throw error;
  }
}
