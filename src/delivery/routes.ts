export { deliveryRoutes } from "./deliveries.routes.ts";
export { quarantineRoutes } from "./quarantine.routes.ts";
