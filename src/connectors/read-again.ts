import { ConnectorFailure } from "./failure.ts";

const mostTries = 3;

/**
 * One page of a list, asked for again where its answer was lost: without it the whole list proves nothing, and
 * reading the list anew may fail at another page for ever; not at once where somebody asks to wait. For requests that
 * change nothing, alone.
 */
export async function readAgain<Page>(read: () => Promise<Page>): Promise<Page> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      const mayPass =
        error instanceof ConnectorFailure &&
        (error.verdict === "unknown" || error.verdict === "not_sent") &&
        error.retryAfterSeconds === null;
      if (!mayPass || tries === mostTries) throw error;
    }
  }
}
