import { ruleWords } from "../series/rule-words.ts";
import type { Moment } from "../series/rule.ts";
import type { PlannedDate, SeriesSummary, SeriesView } from "../series/series.read.ts";
import type { Wire } from "./posts.wire.ts";
import type * as schema from "./series.schema.ts";

export function momentToWire<Fields extends Moment>(moment: Fields) {
  return { ...moment, at: moment.at.toISOString() };
}

export function summaryToWire(series: SeriesSummary): Wire<typeof schema.seriesList>["items"][number] {
  return { ...series, words: ruleWords(series.rule), next: series.next?.toISOString() ?? null };
}

export function seriesToWire(series: SeriesView): Wire<typeof schema.series> {
  const { approval, allowed } = series;
  return {
    ...series,
    ...summaryToWire(series),
    approval: approval && {
      id: approval.id,
      templateVersion: approval.templateVersion,
      boundHash: approval.boundHash,
      note: approval.note,
      decidedBy: approval.decidedBy,
      decidedAt: approval.decidedAt.toISOString(),
      voidedAt: approval.voidedAt?.toISOString() ?? null,
      voidedReason: approval.voidedReason,
    },
    undoUntil: allowed.includes("undo_approval") ? (approval?.undoUntil?.toISOString() ?? null) : null,
    dates: series.dates.map((date) => ({
      ...momentToWire(date),
      scheduledAt: date.scheduledAt?.toISOString() ?? null,
    })),
    clockChanges: series.clockChanges.map(momentToWire),
    createdAt: series.createdAt.toISOString(),
    updatedAt: series.updatedAt.toISOString(),
  };
}

export function plannedToWire(planned: PlannedDate): Wire<typeof schema.plannedList>["items"][number] {
  return momentToWire(planned);
}
