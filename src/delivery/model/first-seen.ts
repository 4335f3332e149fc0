/** Since when this process has known of attempts whose answer was lost. */
export type FirstSeen = {
  /** Takes note of attempts that are new here; what is left out is settled and forgotten. */
  note(attemptIds: readonly string[]): void;
  /** In milliseconds, by a clock that nobody can set; 0 for one that is seen only now. */
  knownForMs(attemptId: string): number;
};

/**
 * The database's clock may be set while an attempt waits for its window to pass, and then says that it has. So a
 * process believes in an absence only once it has waited as long itself, from the moment that it first saw the attempt.
 */
export function createFirstSeen(now: () => number = () => performance.now()): FirstSeen {
  let seenAt = new Map<string, number>();
  return {
    note: (attemptIds) => {
      seenAt = new Map(attemptIds.map((id) => [id, seenAt.get(id) ?? now()]));
    },
    knownForMs: (attemptId) => {
      const since = seenAt.get(attemptId);
      if (since !== undefined) return now() - since;
      seenAt.set(attemptId, now());
      return 0;
    },
  };
}
