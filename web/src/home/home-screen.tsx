import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { PostSummary } from "../api/types.ts";
import { channelsQuery } from "../channels/queries.ts";
import { NeedsNotice } from "../needs/needs-notice.tsx";
import { PostRow } from "../posts/post-row.tsx";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Checklist } from "./checklist.tsx";
import { useGuideEnded } from "./guide.ts";
import { homeText } from "./messages.ts";
import { overviewQuery } from "./queries.ts";

export function HomeScreen() {
  const { user } = useMe();
  const channels = useQuery(channelsQuery);
  const overview = useQuery(overviewQuery);
  const guideEnded = useGuideEnded();
  const guided = !guideEnded && channels.isSuccess && (overview.data?.beginning ?? false);
  const failure = channels.error ?? overview.error;
  const data = overview.data;

  return (
    <Page>
      <PageHeader title={homeText.greeting(user.name.split(" ")[0] ?? user.name)} lead={homeText.lead} />
      {failure ? (
        <Notice tone="bad" className="mb-6">
          {messageOf(failure)}
        </Notice>
      ) : null}
      {overview.isPending || channels.isPending ? <HomePending /> : null}
      <NeedsNotice />
      {guided && data ? <Checklist channels={channels.data} overview={data} /> : null}
      {data && channels.data && !(guided && data.newest === null) ? (
        <div className="grid gap-6">
          <Section
            title={homeText.review}
            count={data.waiting.count}
            posts={data.waiting.items}
            nothing={homeText.nothingWaiting}
            more={<Link to="/inbox">{homeText.all}</Link>}
          />
          <Section
            title={homeText.upcoming}
            count={data.upcoming.count}
            posts={data.upcoming.items}
            nothing={homeText.nothingScheduled}
            more={<Link to="/calendar">{homeText.all}</Link>}
          />
          <Section
            title={homeText.recent}
            posts={data.recent}
            nothing={homeText.nothingPublished}
            more={
              <Link to="/posts" search={{ status: "published" }}>
                {homeText.all}
              </Link>
            }
          />
        </div>
      ) : null}
    </Page>
  );
}

/** As high as three full sections, so that what comes takes the place of what stands for it. */
function HomePending() {
  return (
    <div className="grid gap-6">
      {[homeText.review, homeText.upcoming, homeText.recent].map((title) => (
        <Card key={title}>
          <CardHeader title={title} />
          <SkeletonRows rows={5} label={title} />
        </Card>
      ))}
    </div>
  );
}

type SectionProps = { title: string; count?: number; posts: PostSummary[]; nothing: string; more: ReactNode };

function Section({ title, count, posts, nothing, more }: SectionProps) {
  return (
    <Card>
      <CardHeader
        title={
          count ? (
            <>
              {title} <span className="tabular font-normal text-faint">{count}</span>
            </>
          ) : (
            title
          )
        }
        action={
          <Button asChild variant="ghost" size="sm">
            {more}
          </Button>
        }
      />
      {posts.length === 0 ? <p className="px-5 py-6 text-sm text-faint">{nothing}</p> : null}
      {posts.length > 0 ? (
        <ul className="divide-y divide-line">
          {posts.map((post) => (
            <PostRow key={post.id} post={post} />
          ))}
        </ul>
      ) : null}
    </Card>
  );
}
