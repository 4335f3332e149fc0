/**
 * Waits for something that cannot be cancelled itself, as a name look-up or work that others wait for too, no longer
 * than `signal` lets it; the work itself goes on. Throws what `reason` makes where the signal was faster.
 */
export async function orAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  reason: () => Error = () => new Error("aborted"),
): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  function onAbort(): void {
    reject(reason());
  }
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
