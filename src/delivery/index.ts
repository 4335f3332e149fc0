export { DeliveryError } from "./errors.ts";
export type { Binding, DeliveryOrder, FrozenContent } from "./order.ts";
export { frozenHash } from "./order.ts";
