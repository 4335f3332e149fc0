import { LoopIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useCan, useMe } from "../account/use-me.ts";
import type { Delivery, Need, PostSummary, SeriesSummary } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { ExpiryNotice } from "../channels/expiry-warnings.tsx";
import { ReconnectButton } from "../channels/reconnect-button.tsx";
import { formatMoment, formatRelative } from "../lib/format.ts";
import { usePostAction } from "../post/actions/use-post-action.ts";
import { DeliveryTrouble } from "../post/delivery/delivery-trouble.tsx";
import { isHalfLive, stopped } from "../post/delivery/stopped.ts";
import { postText } from "../post/messages.ts";
import { shortAuthorship } from "../posts/authorship.ts";
import { Status } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Card } from "../ui/layout.tsx";
import { needsText } from "./messages.ts";
import { needState } from "./need-state.ts";

/** One thing that waits for a person, with what can be done about it. Its first link is what `o` opens. */
export function NeedCard({ need }: { need: Need }) {
  const { what, channel, delivery, warning, post, series } = need;
  if (delivery) return <DeliveryNeed delivery={delivery} />;
  if (warning) return <ExpiryNotice warning={warning} />;
  if (post) return <PostNeed post={post} />;
  if (series) return <SeriesNeed series={series} />;
  return what === "channel" && channel ? <ChannelNeed need={need} channel={channel} /> : null;
}

type RowProps = { icon: ReactNode; title: ReactNode; lead: ReactNode; children?: ReactNode };

function Row({ icon, title, lead, children }: RowProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      {icon}
      <div className="min-w-0 flex-1 basis-48">
        <p dir="auto" className="truncate font-semibold">
          {title}
        </p>
        <p className="text-sm text-dim">{lead}</p>
      </div>
      {children}
    </div>
  );
}

const titleLink = "rounded-sm hover:underline underline-offset-4";

function DeliveryNeed({ delivery }: { delivery: Delivery }) {
  const { workspace } = useMe();
  const allowed = useCan("posts.publish");
  const { postId, postTitle, channel, state, dueAt } = delivery;
  const { tone, words } = needState(delivery);
  return (
    <Card className="overflow-hidden">
      <Row
        icon={<ChannelIcon connector={channel.connector} className="size-7" />}
        title={
          <Link to="/posts/$postId" params={{ postId }} className={titleLink}>
            {postTitle}
          </Link>
        }
        lead={`${channel.handle} · ${postText.due(formatMoment(dueAt, workspace.timeZone))}`}
      >
        <Status tone={tone}>{words}</Status>
        {allowed && stopped.has(state) && !isHalfLive(delivery) ? (
          <GiveUp postId={postId} title={postTitle} />
        ) : null}
      </Row>
      <DeliveryTrouble delivery={delivery} allowed={allowed} />
    </Card>
  );
}

function GiveUp({ postId, title }: { postId: string; title: string }) {
  const [asking, setAsking] = useState(false);
  const act = usePostAction(postId);
  return (
    <>
      <Button size="sm" variant="ghost" busy={act.isPending} onClick={() => setAsking(true)}>
        {needsText.giveUp}
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={postText.cancelTitle(title)}
        description={postText.cancelLead}
        action={postText.cancel}
        cancel={postText.keepPost}
        onConfirm={() => act.mutate({ action: "cancel", message: postText.cancelled })}
      />
    </>
  );
}

type ChannelNeedProps = { need: Need; channel: NonNullable<Need["channel"]> };

function ChannelNeed({ need: { state, reason, held }, channel }: ChannelNeedProps) {
  const why = reason ?? (state === "disconnected" ? needsText.disconnected : needsText.reconnect);
  return (
    <Card>
      <Row
        icon={<ChannelIcon connector={channel.connector} className="size-7" />}
        title={
          <Link to="/channels" className={titleLink}>
            {channel.handle}
          </Link>
        }
        lead={held > 0 ? `${why} ${needsText.held(held)}` : why}
      >
        <ReconnectButton channel={channel} />
      </Row>
    </Card>
  );
}

function PostNeed({ post }: { post: PostSummary }) {
  const author = needsText.by(shortAuthorship(post));
  return (
    <Card>
      <Row
        icon={
          <span className="flex -space-x-1.5">
            {post.channels.slice(0, 3).map(({ channelId, connector }) => (
              <ChannelIcon key={channelId} connector={connector} className="size-7 ring-2 ring-surface" />
            ))}
          </span>
        }
        title={
          <Link dir="auto" to="/inbox" search={{ post: post.id }} className={titleLink}>
            {post.title}
          </Link>
        }
        lead={`${author}, ${needsText.updated(formatRelative(post.updatedAt))}`}
      >
        <Button asChild size="sm" variant="primary">
          <Link to="/inbox" search={{ post: post.id }}>
            {needsText.review}
            <span className="sr-only"> {post.title}</span>
          </Link>
        </Button>
      </Row>
    </Card>
  );
}

function SeriesNeed({ series }: { series: SeriesSummary }) {
  return (
    <Card>
      <Row
        icon={
          <span className="flex size-7 items-center justify-center rounded-md bg-fill text-dim">
            <LoopIcon aria-hidden="true" />
          </span>
        }
        title={
          <Link dir="auto" to="/series/$seriesId" params={{ seriesId: series.id }} className={titleLink}>
            {series.title}
          </Link>
        }
        lead={`${series.words}. ${needsText.series}`}
      >
        <Button asChild size="sm" variant="primary">
          <Link to="/series/$seriesId" params={{ seriesId: series.id }}>
            {needsText.review}
            <span className="sr-only"> {series.title}</span>
          </Link>
        </Button>
      </Row>
    </Card>
  );
}
