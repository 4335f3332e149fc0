import { ConnectorFailure } from "./failure.ts";

/** What `commit` does before the visible call: whatever goes wrong with it, nothing can have become visible. */
export async function beforeAnyByte<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectorFailure) || error.verdict !== "unknown") throw error;
    throw new ConnectorFailure({
      verdict: "not_sent",
      code: error.code,
      message: `Nothing was published yet: ${error.message}`,
      ...(error.evidence === null ? {} : { evidence: error.evidence }),
      ...(error.retryAfterSeconds === null ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
      cause: error,
    });
  }
}
