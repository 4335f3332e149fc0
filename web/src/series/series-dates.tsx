import { Link } from "@tanstack/react-router";
import type { Series, SeriesDate } from "../api/types.ts";
import { formatMomentWithZone } from "../lib/format.ts";
import { PostStatusLabel } from "../posts/post-status.tsx";
import { Status } from "../ui/badge.tsx";
import { Card } from "../ui/layout.tsx";
import { seriesText } from "./messages.ts";

/** Every date with what became of it or will. */
export function SeriesDates({ series }: { series: Series }) {
  const { zone } = series.rule;
  return (
    <Card className="self-start">
      <h2 className="border-b border-line px-4 py-3 text-sm font-semibold">{seriesText.dates}</h2>
      <ol className="divide-y divide-line">
        {series.dates.map((date) => (
          <li key={date.date} className="grid gap-0.5 px-4 py-2.5 text-sm">
            <span className="flex flex-wrap items-center justify-between gap-2">
              <When date={date} zone={zone} />
              <State date={date} />
            </span>
            <Remarks date={date} zone={zone} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function When({ date, zone }: { date: SeriesDate; zone: string }) {
  const text = formatMomentWithZone(date.at, zone);
  if (date.postId === null) return <span className="tabular">{text}</span>;
  return (
    <Link
      to="/posts/$postId"
      params={{ postId: date.postId }}
      className="tabular font-medium hover:underline"
    >
      {text}
    </Link>
  );
}

function State({ date }: { date: SeriesDate }) {
  if (date.status) return <PostStatusLabel status={date.status} />;
  if (date.reason) return <Status tone="neutral">{seriesText.notMade}</Status>;
  return <Status tone="neutral">{seriesText.planned}</Status>;
}

function Remarks({ date, zone }: { date: SeriesDate; zone: string }) {
  const moved = date.scheduledAt !== null && date.scheduledAt !== date.at;
  const remarks = [
    date.clock === "gap" ? seriesText.gap : "",
    date.clock === "overlap" ? seriesText.overlap : "",
    moved && date.scheduledAt ? seriesText.movedTo(formatMomentWithZone(date.scheduledAt, zone)) : "",
    date.follows || moved ? "" : seriesText.left,
    date.reason ?? "",
  ].filter((remark) => remark !== "");
  return remarks.map((remark) => (
    <span key={remark} className="text-xs text-faint">
      {remark}
    </span>
  ));
}
