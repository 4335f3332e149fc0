export { countStuck } from "./stuck.read.ts";
export type { Deliveries, DeliveriesOptions } from "./deliveries.ts";
export { createDeliveries } from "./deliveries.ts";
export type { AttemptView, DeliveryView } from "./deliveries.read.ts";
export type { Quarantine } from "./quarantine.ts";
export { DeliveryError } from "./errors.ts";
export type { Binding, DeliveryOrder, FrozenContent } from "./order.ts";
export { frozenHash } from "./order.ts";
export type { DeliveryState } from "./state.ts";
