import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { SeriesRow } from "./series.store.ts";

/** A series in the middle of a change: its template and then the series are locked by the transaction. */
export type SeriesStep = { db: Kysely<Schema>; series: SeriesRow; now: Date };
