import type { SeriesSummary } from "../api/types.ts";
import { Status } from "../ui/badge.tsx";
import { seriesText } from "./messages.ts";

/** An active series without an approval makes nothing: that is what is said of it. */
export function SeriesStatus({ series }: { series: Pick<SeriesSummary, "state" | "approved"> }) {
  if (series.state === "ended") return <Status tone="neutral">{seriesText.states.ended}</Status>;
  if (!series.approved) return <Status tone="warn">{seriesText.waiting}</Status>;
  if (series.state === "paused") return <Status tone="warn">{seriesText.states.paused}</Status>;
  return <Status tone="good">{seriesText.states.active}</Status>;
}
