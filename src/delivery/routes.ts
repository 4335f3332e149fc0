export { deliveryRoutes } from "./api/deliveries.routes.ts";
export { holdRoutes } from "./holds/holds.routes.ts";
export { quarantineRoutes } from "./quarantine/quarantine.routes.ts";
