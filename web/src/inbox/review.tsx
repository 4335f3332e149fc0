import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { Post } from "../api/types.ts";
import { channelsQuery } from "../channels/queries.ts";
import { formatList, formatMomentWithZone, formatRelative } from "../lib/format.ts";
import { postQuery, versionQuery } from "../post/queries.ts";
import { authorship } from "../posts/authorship.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { DecisionBar } from "./decision-bar.tsx";
import { inboxText } from "./messages.ts";
import { VariantReview } from "./variant-review.tsx";

type ReviewProps = { postId: string; onDecided: (approved: Post | null) => void };

export function Review({ postId, onDecided }: ReviewProps) {
  const post = useQuery(postQuery(postId));
  if (post.isError) return <Notice tone="bad">{messageOf(post.error)}</Notice>;
  if (!post.data) {
    return (
      <div role="status" aria-label={inboxText.loading} className="grid gap-4">
        <Skeleton className="h-7 w-64" />
        <Skeleton className="h-48 w-full" />
      </div>
    );
  }
  return <LoadedReview post={post.data} onDecided={onDecided} />;
}

type LoadedProps = { post: Post; onDecided: (approved: Post | null) => void };

function LoadedReview({ post, onDecided }: LoadedProps) {
  const { workspace } = useMe();
  const zone = post.scheduled?.zone ?? workspace.timeZone;
  const when = post.scheduled
    ? `${formatMomentWithZone(post.scheduled.at, zone)} (${zone})`
    : inboxText.anyTime;
  const [view, setView] = useState<"diff" | "final">("diff");
  const approvedVersion = post.lastApprovedVersion;
  const comparable = approvedVersion !== null && approvedVersion !== post.version;
  const before = useQuery({ ...versionQuery(post.id, approvedVersion ?? 0), enabled: comparable });
  const comparing = comparable && view === "diff" && before.data !== undefined;
  return (
    <article className="flex min-h-full flex-col">
      <header className="mb-5">
        <div className="flex flex-wrap items-start gap-3">
          <h2 dir="auto" className="min-w-0 flex-1 text-xl font-semibold tracking-tight">
            {post.title}
          </h2>
          <Button asChild size="sm" variant="ghost">
            <Link to="/posts/$postId" params={{ postId: post.id }}>
              {inboxText.openPost}
            </Link>
          </Button>
        </div>
        <Facts post={post} when={when} />
      </header>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-dim">
          {comparable ? inboxText.since(approvedVersion) : inboxText.youApproveLead}
        </p>
        {comparable ? (
          <Segmented
            label={inboxText.view}
            value={view}
            options={[
              { value: "diff", label: inboxText.showDiff },
              { value: "final", label: inboxText.showFinal },
            ]}
            onChange={setView}
          />
        ) : null}
      </div>
      <div className="mb-6 grid flex-1 content-start gap-4">
        {post.variants.map((variant) => {
          const channel = post.channels.find((candidate) => candidate.channelId === variant.channelId);
          return (
            <VariantReview
              key={variant.channelId}
              variant={variant}
              connector={channel?.connector ?? ""}
              handle={channel?.handle ?? variant.channelId}
              target={variant}
              check={post.checks.find((check) => check.channelId === variant.channelId)}
              before={
                comparing
                  ? (before.data.variants.find((other) => other.channelId === variant.channelId) ?? null)
                  : undefined
              }
            />
          );
        })}
        {comparing ? (
          <RemovedChannels post={post} before={before.data.variants.map((other) => other.channelId)} />
        ) : null}
      </div>
      <DecisionBar post={post} when={when} onDecided={onDecided} />
    </article>
  );
}

function Facts({ post, when }: { post: Post; when: string }) {
  return (
    <dl className="mt-3 grid gap-x-8 gap-y-1.5 text-sm sm:grid-cols-[auto_1fr]">
      <dt className="text-faint">{inboxText.author}</dt>
      <dd>
        {authorship(post)} · {inboxText.updated(formatRelative(post.updatedAt))}
      </dd>
      <dt className="text-faint">{inboxText.where}</dt>
      <dd>{formatList(post.channels.map((channel) => channel.handle))}</dd>
      <dt className="text-faint">{inboxText.when}</dt>
      <dd>{when}</dd>
    </dl>
  );
}

function RemovedChannels({ post, before }: { post: Post; before: string[] }) {
  const channels = useQuery(channelsQuery);
  const gone = before.filter((id) => !post.variants.some((variant) => variant.channelId === id));
  return gone.map((id) => (
    <Notice key={id} tone="warn">
      {inboxText.removedChannel(channels.data?.find((channel) => channel.id === id)?.handle ?? id)}
    </Notice>
  ));
}
