import type { Installation } from "#installation";
import type { Database } from "#platform/db";
import type { ApiPart } from "#platform/features";
import { deliveryRoutes } from "./api/deliveries.routes.ts";
import type { Deliveries } from "./deliveries.ts";
import { holdRoutes } from "./holds/holds.routes.ts";
import { quarantineRoutes } from "./quarantine/quarantine.routes.ts";
import { addDeliveryMetrics } from "./views/metrics.ts";

type Needs = { deliveries: Deliveries; installation: Installation; database: Database };

/** Deliveries and what people decide about them, what platforms asked to wait for, and a restored database. */
export function deliveriesApi({ deliveries, installation, database }: Needs): ApiPart {
  return {
    routes: (app) => {
      deliveryRoutes(app, { deliveries });
      holdRoutes(app, { holds: deliveries.holds });
      quarantineRoutes(app, { quarantine: deliveries.quarantine, installation });
    },
    metrics: (metrics) => addDeliveryMetrics(metrics, database),
  };
}
