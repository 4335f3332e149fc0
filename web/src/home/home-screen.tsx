import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { messageOf } from "../api/problem.ts";
import { channelsQuery, postsQuery } from "../api/queries.ts";
import type { PostSummary } from "../api/types.ts";
import { useMe } from "../api/use-me.ts";
import { NeedsNotice } from "../needs/needs-notice.tsx";
import { PostRow } from "../posts/post-row.tsx";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Checklist } from "./checklist.tsx";
import { useGuideEnded } from "./guide.ts";
import { homeText } from "./messages.ts";

export function HomeScreen() {
  const { user } = useMe();
  const channels = useQuery(channelsQuery);
  const posts = useQuery({ ...postsQuery({ limit: 50 }), refetchInterval: 10_000 });
  const items = posts.data?.items ?? [];
  const guideEnded = useGuideEnded();
  const loaded = channels.isSuccess && posts.isSuccess;
  const beginner = loaded && !guideEnded && items.length <= 10;
  const failure = channels.error ?? posts.error;

  return (
    <Page>
      <PageHeader title={homeText.greeting(user.name.split(" ")[0] ?? user.name)} lead={homeText.lead} />
      {failure ? (
        <Notice tone="bad" className="mb-6">
          {messageOf(failure)}
        </Notice>
      ) : null}
      <NeedsNotice />
      {beginner ? <Checklist channels={channels.data} posts={items} /> : null}
      {beginner && items.length === 0 ? null : (
        <div className="grid gap-6">
          <Section
            title={homeText.review}
            posts={posts.isPending ? null : items.filter((post) => post.status === "in_review")}
            nothing={homeText.nothingWaiting}
            more={<Link to="/inbox">{homeText.all}</Link>}
          />
          <Section
            title={homeText.upcoming}
            posts={posts.isPending ? null : upcoming(items)}
            nothing={homeText.nothingScheduled}
            more={<Link to="/calendar">{homeText.all}</Link>}
          />
          <Section
            title={homeText.recent}
            posts={posts.isPending ? null : items.filter((post) => post.status === "published").slice(0, 5)}
            nothing={homeText.nothingPublished}
            more={
              <Link to="/posts" search={{ status: "published" }}>
                {homeText.all}
              </Link>
            }
          />
        </div>
      )}
    </Page>
  );
}

function upcoming(posts: PostSummary[]): PostSummary[] {
  return posts
    .filter((post) => post.status === "scheduled" || post.status === "publishing")
    .sort((left, right) => (left.scheduled?.at ?? "").localeCompare(right.scheduled?.at ?? ""))
    .slice(0, 5);
}

type SectionProps = { title: string; posts: PostSummary[] | null; nothing: string; more: ReactNode };

function Section({ title, posts, nothing, more }: SectionProps) {
  return (
    <Card>
      <CardHeader
        title={title}
        action={
          <Button asChild variant="ghost" size="sm">
            {more}
          </Button>
        }
      />
      {posts === null ? <SkeletonRows rows={2} label={title} /> : null}
      {posts?.length === 0 ? <p className="px-5 py-6 text-sm text-faint">{nothing}</p> : null}
      {posts?.length ? (
        <ul className="divide-y divide-line">
          {posts.map((post) => (
            <PostRow key={post.id} post={post} />
          ))}
        </ul>
      ) : null}
    </Card>
  );
}
