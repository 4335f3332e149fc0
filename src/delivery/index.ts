export { countStuck } from "./views/stuck.read.ts";
export type { Deliveries, DeliveriesOptions } from "./deliveries.ts";
export { createDeliveries } from "./deliveries.ts";
export type { AttemptView, DeliveryView } from "./views/deliveries.read.ts";
export type { Quarantine } from "./quarantine/quarantine.ts";
export { DeliveryError } from "./model/errors.ts";
export type { Binding, DeliveryOrder, FrozenContent } from "./order/order.ts";
export { frozenHash } from "./order/order.ts";
export type { DeliveryState } from "./model/state.ts";
