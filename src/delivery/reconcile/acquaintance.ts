/** Since when this process has known of attempts whose answer was lost. */
export type Acquaintance = {
  /** Takes note of attempts that are new here; what is left out is settled and forgotten. */
  meet(attemptIds: readonly string[]): void;
  /** In milliseconds, by a clock that nobody can set; 0 for one that is met only now. */
  knownForMs(attemptId: string): number;
};

/**
 * The database's clock may be set while an attempt waits for its window to pass, and then says that it has. So a
 * process believes in an absence only once it has waited as long itself, from the moment that it first met the attempt.
 */
export function createAcquaintance(now: () => number = () => performance.now()): Acquaintance {
  let metAt = new Map<string, number>();
  return {
    meet: (attemptIds) => {
      metAt = new Map(attemptIds.map((id) => [id, metAt.get(id) ?? now()]));
    },
    knownForMs: (attemptId) => {
      const since = metAt.get(attemptId);
      if (since !== undefined) return now() - since;
      metAt.set(attemptId, now());
      return 0;
    },
  };
}
