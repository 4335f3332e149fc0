import { ConnectorFailure } from "#connectors";

/** What a connector's work failed with; throws where it did not fail, or otherwise than connectors may. */
export async function failureOf(work: Promise<unknown>): Promise<ConnectorFailure> {
  const error: unknown = await work.then(
    () => new Error("nothing failed"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ConnectorFailure) return error;
  throw error;
}
