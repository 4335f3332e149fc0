import { ConnectorFailure } from "#connectors";
import { toldByPlatform } from "./errors.ts";

/** How long a person waits for a platform while connecting or checking. */
export const patienceMs = 30_000;

/** Runs calls to a platform for a person who waits; failures come back as `ChannelError`. */
export async function askPlatform<Result>(work: () => Promise<Result> | Result): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ConnectorFailure ? toldByPlatform(error) : error;
  }
}
