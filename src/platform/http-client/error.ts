import type { ErrorKind } from "#kit";
import { GalleyError } from "#kit";

/**
 * What a failed request says about the world. `before`: no byte of the request left this machine, so
 * sending again is safe. `after`: the other side may have received it and acted on it.
 */
export type EgressPhase = "before" | "after";

export type EgressReason =
  | "invalid_url"
  | "scheme"
  | "port"
  | "credentials_in_url"
  | "private_address"
  | "dns"
  | "connect"
  | "tls"
  | "invalid_request"
  | "timeout"
  | "aborted"
  | "too_late"
  | "reset"
  | "protocol"
  | "too_large"
  | "encoding"
  | "redirects";

const kinds: Record<EgressReason, ErrorKind> = {
  invalid_url: "invalid",
  scheme: "invalid",
  port: "invalid",
  credentials_in_url: "invalid",
  private_address: "forbidden",
  dns: "unavailable",
  connect: "unavailable",
  tls: "unavailable",
  invalid_request: "internal",
  timeout: "unavailable",
  aborted: "unavailable",
  too_late: "unavailable",
  reset: "unavailable",
  protocol: "unavailable",
  too_large: "too_large",
  encoding: "unprocessable",
  redirects: "unprocessable",
};

const passing: ReadonlySet<EgressReason> = new Set<EgressReason>(["dns", "connect", "timeout", "reset"]);

/** The one error of outgoing connections; `code` is `egress.` and the reason. */
export class EgressError extends GalleyError {
  readonly reason: EgressReason;
  readonly phase: EgressPhase;

  constructor(reason: EgressReason, phase: EgressPhase, message: string, cause?: unknown) {
    super({
      code: `egress.${reason}`,
      kind: kinds[reason],
      message,
      retryable: passing.has(reason),
      ...(cause === undefined ? {} : { cause }),
    });
    this.reason = reason;
    this.phase = phase;
  }
}
