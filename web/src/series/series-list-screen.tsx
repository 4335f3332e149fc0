import { LoopIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { SeriesSummary } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { formatMoment } from "../lib/format.ts";
import { PlanningNav } from "../planning/planning-nav.tsx";
import { Button } from "../ui/button.tsx";
import { Card, Empty, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { seriesText } from "./messages.ts";
import { seriesListQuery } from "./queries.ts";
import { SeriesStatus } from "./series-status.tsx";

export function SeriesListScreen() {
  const list = useQuery(seriesListQuery);
  return (
    <Page>
      <PlanningNav />
      <PageHeader title={seriesText.title} lead={seriesText.lead} />
      {list.isError ? <Notice tone="bad">{messageOf(list.error)}</Notice> : null}
      <Card>
        {list.isPending ? <SkeletonRows label={seriesText.loading} /> : null}
        {list.data?.length === 0 ? (
          <Empty
            icon={<LoopIcon />}
            title={seriesText.emptyTitle}
            action={
              <Button asChild>
                <Link to="/posts">{seriesText.toPosts}</Link>
              </Button>
            }
          >
            {seriesText.empty}
          </Empty>
        ) : null}
        <ul className="divide-y divide-line">
          {(list.data ?? []).map((series) => (
            <SeriesRow key={series.id} series={series} />
          ))}
        </ul>
      </Card>
    </Page>
  );
}

function SeriesRow({ series }: { series: SeriesSummary }) {
  const { workspace } = useMe();
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1.5 px-5 py-3.5 hover:bg-fill/60">
      <div className="min-w-0 flex-1 basis-64">
        <Link
          dir="auto"
          to="/series/$seriesId"
          params={{ seriesId: series.id }}
          className="font-medium after:absolute after:inset-0"
        >
          {series.title}
        </Link>
        <p className="text-sm text-dim">{series.words}</p>
        {series.next && series.approved ? (
          <p className="text-xs text-faint">
            {seriesText.next(formatMoment(series.next, workspace.timeZone))}
          </p>
        ) : null}
      </div>
      <span className="flex gap-1">
        {series.channels.map((channel) => (
          <ChannelIcon key={channel.channelId} connector={channel.connector} />
        ))}
      </span>
      <SeriesStatus series={series} />
    </li>
  );
}
