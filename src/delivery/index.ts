export { countStuck } from "./views/stuck.read.ts";
export { type Deliveries, type DeliveriesOptions, createDeliveries } from "./deliveries.ts";
export type { AttemptView, DeliveryView } from "./views/deliveries.read.ts";
export type { Quarantine } from "./quarantine/quarantine.ts";
export { DeliveryError } from "./model/errors.ts";
export { type Binding, type FrozenContent, frozenHash } from "./model/frozen-content.ts";
export type { DeliveryOrder } from "./order/order.ts";
export type { DeliveryState } from "./model/state.ts";
