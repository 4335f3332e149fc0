import type { Deliveries } from "#delivery";
import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import type { CheckContext } from "./model/check.ts";

/** What the desk's verbs work with; each names the fields that it uses. */
export type DeskDeps = CheckContext & {
  database: Database;
  /** All of them run in the desk's own transaction. */
  deliveries: Pick<Deliveries, "request" | "cancel" | "cancelUnclaimed" | "cancelOnChannel">;
  clock: Clock;
};
