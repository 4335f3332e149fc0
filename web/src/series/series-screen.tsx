import { ArrowLeftIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { messageOf } from "../api/problem.ts";
import type { Series } from "../api/types.ts";
import { VariantReview } from "../inbox/variant-review.tsx";
import { postQuery } from "../post/queries.ts";
import { Button } from "../ui/button.tsx";
import { Page, PageHeader, Skeleton } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { seriesText } from "./messages.ts";
import { seriesQuery } from "./queries.ts";
import { SeriesActions } from "./series-actions.tsx";
import { SeriesApproval } from "./series-approval.tsx";
import { SeriesDates } from "./series-dates.tsx";
import { SeriesStatus } from "./series-status.tsx";

const route = getRouteApi("/shell/series/$seriesId");

export function SeriesScreen() {
  const { seriesId } = route.useParams();
  const series = useQuery(seriesQuery(seriesId));
  return (
    <Page>
      {series.isError ? <Notice tone="bad">{messageOf(series.error)}</Notice> : null}
      {series.isPending ? (
        <div role="status" aria-label={seriesText.loading} className="grid gap-4">
          <Skeleton className="h-8 w-72" />
          <Skeleton className="h-64 w-full" />
        </div>
      ) : null}
      {series.data ? <LoadedSeries series={series.data} /> : null}
    </Page>
  );
}

function LoadedSeries({ series }: { series: Series }) {
  return (
    <>
      <PageHeader
        back={
          <Button asChild variant="ghost" size="sm" className="-ms-2.5">
            <Link to="/series">
              <ArrowLeftIcon aria-hidden="true" className="rtl:-scale-x-100" />
              {seriesText.back}
            </Link>
          </Button>
        }
        title={
          <span className="flex flex-wrap items-center gap-3">
            <bdi>{series.title}</bdi> <SeriesStatus series={series} />
          </span>
        }
        lead={series.words}
        actions={<SeriesActions series={series} />}
      />
      <div className="grid gap-8 lg:grid-cols-[1fr_20rem]">
        <div className="grid min-w-0 content-start gap-6">
          <SeriesApproval series={series} />
          <Content series={series} />
        </div>
        <SeriesDates series={series} />
      </div>
    </>
  );
}

function Content({ series }: { series: Series }) {
  const template = useQuery(postQuery(series.templateId));
  return (
    <section aria-labelledby="series-content" className="grid gap-4">
      <h2 id="series-content" className="text-base font-semibold">
        {seriesText.content}
      </h2>
      {template.data?.variants.map((variant) => (
        <VariantReview
          key={variant.channelId}
          variant={variant}
          target={variant}
          connector={variant.connector}
          handle={variant.handle}
          check={series.checks.find((check) => check.channelId === variant.channelId)}
          before={undefined}
        />
      ))}
    </section>
  );
}
