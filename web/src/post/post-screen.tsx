import { ArrowLeftIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useCan } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { Post } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { channelsQuery, connectorsQuery } from "../channels/queries.ts";
import { targetOf } from "../composer/channel-variants.ts";
import { PostStatusLabel } from "../posts/post-status.tsx";
import { Preview } from "../preview/preview.tsx";
import { Button } from "../ui/button.tsx";
import { Page, PageHeader, Skeleton } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Tab, TabList, TabPanel, Tabs } from "../ui/tabs.tsx";
import { PostActions } from "./actions/post-actions.tsx";
import { DeliveryCard } from "./delivery/delivery-timeline.tsx";
import { postText } from "./messages.ts";
import { WhatNext } from "./next-steps.tsx";
import { PostFacts } from "./post-facts.tsx";
import { PostProblems } from "./post-problems.tsx";
import { deliveriesQuery, postQuery } from "./queries.ts";

const route = getRouteApi("/shell/posts/$postId");

export function PostScreen() {
  const { postId } = route.useParams();
  const post = useQuery(postQuery(postId));
  return (
    <Page>
      {post.isError ? <Notice tone="bad">{messageOf(post.error)}</Notice> : null}
      {post.isPending ? (
        <div role="status" aria-label={postText.loading} className="grid gap-4">
          <Skeleton className="h-8 w-72" />
          <Skeleton className="h-64 w-full" />
        </div>
      ) : null}
      {post.data ? <LoadedPost post={post.data} /> : null}
    </Page>
  );
}

function LoadedPost({ post }: { post: Post }) {
  return (
    <>
      <PageHeader
        back={
          <Button asChild variant="ghost" size="sm" className="-ms-2.5">
            <Link to="/posts">
              <ArrowLeftIcon aria-hidden="true" className="rtl:-scale-x-100" />
              {postText.back}
            </Link>
          </Button>
        }
        title={
          <span className="flex flex-wrap items-center gap-3">
            <bdi>{post.title}</bdi> <PostStatusLabel status={post.status} />
          </span>
        }
        actions={<PostActions post={post} />}
      />
      <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid grid-cols-1 content-start gap-8">
          <WhatNext post={post} />
          <PostProblems post={post} />
          <Deliveries post={post} />
          <Content post={post} />
        </div>
        <PostFacts post={post} />
      </div>
    </>
  );
}

const sent = new Set([
  "scheduled",
  "publishing",
  "waiting_for_channel",
  "published",
  "partly",
  "failed",
  "missed",
  "cancelled",
]);

function Deliveries({ post }: { post: Post }) {
  const allowed = useCan("posts.publish");
  const deliveries = useQuery({ ...deliveriesQuery(post.id, post.status), enabled: sent.has(post.status) });
  if (!deliveries.data?.length) return null;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className="text-base font-semibold">
        {postText.timeline}
      </h2>
      <p className="mb-3 text-sm text-faint">{postText.timelineLead}</p>
      <div className="grid gap-3" aria-live="polite">
        {deliveries.data.map((delivery) => (
          <DeliveryCard key={delivery.id} delivery={delivery} allowed={allowed} />
        ))}
      </div>
    </section>
  );
}

function Content({ post }: { post: Post }) {
  const channels = useQuery(channelsQuery);
  const connectors = useQuery(connectorsQuery);
  const [first] = post.variants;
  if (!first || !channels.data || !connectors.data) return null;
  return (
    <section aria-labelledby="content">
      <h2 id="content" className="mb-1 text-base font-semibold">
        {postText.content}
      </h2>
      <Tabs defaultValue={first.channelId}>
        <TabList>
          {post.channels.map((channel) => (
            <Tab key={channel.channelId} value={channel.channelId}>
              <ChannelIcon connector={channel.connector} />
              {channel.handle}
            </Tab>
          ))}
        </TabList>
        {post.variants.map((variant) => {
          const target = targetOf(variant.channelId, channels.data, connectors.data);
          return target ? (
            <TabPanel key={variant.channelId} value={variant.channelId} className="max-w-xl pt-4">
              <Preview channel={target.channel} platform={target.connector.name} content={variant.content} />
            </TabPanel>
          ) : null;
        })}
      </Tabs>
    </section>
  );
}
