import { expect, test } from "vitest";
import { connectorRegistry } from "#connectors";
import { connectorList } from "./channels.schema.ts";
import { connectorsToWire } from "./channels.wire.ts";

test("what every connector says of itself is plain data of the promised shape", () => {
  const connectors = connectorRegistry();
  const told = connectorsToWire(connectors, "https://galley.example", { initial: {}, standing: {} });
  // Refuses functions, which a parse only leaves out.
  expect(connectorList.parse(structuredClone(told)).items).toHaveLength(connectors.size);
});
