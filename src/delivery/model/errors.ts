import { GalleyError } from "#kit";

/** Errors of delivery: `delivery.not_found`, `delivery.wrong_state`, `delivery.not_durable`, … */
export class DeliveryError extends GalleyError {}

/** The answer for a delivery that does not exist, and for one of another workspace: the two look alike. */
export function notFound(): DeliveryError {
  return new DeliveryError({
    code: "delivery.not_found",
    kind: "not_found",
    message: "There is no such delivery.",
  });
}

/** The same for a channel. */
export function noSuchChannel(): DeliveryError {
  return new DeliveryError({
    code: "delivery.no_channel",
    kind: "not_found",
    message: "There is no such channel.",
  });
}
