import { channelError } from "./errors.ts";

/** Waits for shared work no longer than this caller's signal; the work itself goes on for the others. */
export async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  function onAbort(): void {
    reject(channelError("aborted", "unavailable", "Renewing the access took too long.", { retryable: true }));
  }
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
