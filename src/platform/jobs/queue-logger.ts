import { Logger } from "graphile-worker";

/** Says nothing: for moments whose failures are thrown anyway. */
export const quietLogger = new Logger(() => () => undefined);
