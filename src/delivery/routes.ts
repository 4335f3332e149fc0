export { deliveryRoutes } from "./deliveries.routes.ts";
export { holdRoutes } from "./holds/holds.routes.ts";
export { quarantineRoutes } from "./quarantine.routes.ts";
