import { Logger } from "graphile-worker";
import type { Logger as Log } from "#platform/telemetry";

/** Says nothing: for moments whose failures are thrown anyway. */
export const quietLogger = new Logger(() => () => undefined);

/**
 * Passes the queue's own words on; its chatter about each job becomes `debug`, and so does what it says
 * while stopping: giving back reserved jobs is an error to it, and the caller does that itself.
 */
export function queueLogger(log: Log, isStopping: () => boolean): Logger {
  return new Logger((scope) => (level, message, meta) => {
    const fields = { queue: scope, ...meta };
    if (isStopping()) log.debug(fields, message);
    else if (level === "error") log.error(fields, message);
    else if (level === "warning") log.warn(fields, message);
    else log.debug(fields, message);
  });
}
