import { CalendarIcon, PaperPlaneIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Post } from "../api/types.ts";
import { formatMomentWithZone } from "../lib/format.ts";
import { lazyWindow } from "../lib/lazy-part.tsx";
import { queueText } from "../queue/messages.ts";
import { useQueuePost } from "../queue/mutations.ts";
import { suggestionQuery } from "../queue/queries.ts";
import { Button } from "../ui/button.tsx";
import { DecidingButton } from "../ui/deciding-button.tsx";
import { Notice } from "../ui/notice.tsx";
import { PublishButton } from "./actions/publish-button.tsx";
import { UndoApproval } from "./actions/undo-approval.tsx";
import { refusal } from "./allowed.ts";
import { postText } from "./messages.ts";

const ScheduleDialog = lazyWindow(async () => (await import("./actions/schedule-dialog.tsx")).ScheduleDialog);

/** What an approved post waits for, in words; empty where it waits for nothing that a person does. */
export function waitsFor(post: Post): string {
  if (post.status === "scheduled" && post.scheduled) {
    return postText.goesOut(formatMomentWithZone(post.scheduled.at, post.scheduled.zone));
  }
  if (post.status !== "approved") return "";
  if (refusal(post, "publish") === null || refusal(post, "schedule") === null) return postText.waitsForYou;
  return `${postText.waitsForOther} ${refusal(post, "publish") ?? ""}`;
}

/** What an approved post waits for, on its own page, whose buttons lead to the rest. */
export function WhatNext({ post }: { post: Post }) {
  const words = waitsFor(post);
  if (words === "" || post.deletedAt !== null) return null;
  const queues = post.status === "approved" && refusal(post, "schedule") === null;
  return (
    <Notice
      action={
        <span className="flex flex-wrap gap-2">
          <UndoApproval undo="undoApproval" id={post.id} undoUntil={post.undoUntil} />
          {queues ? <AddToQueue post={post} /> : null}
        </span>
      }
    >
      {words}
    </Notice>
  );
}

/** The ways from an approved post to a published one, as far as this person may go them. */
export function NextSteps({ post }: { post: Post }) {
  const [scheduling, setScheduling] = useState(false);
  const approved = post.status === "approved";
  return (
    <div className="flex flex-wrap gap-2">
      <UndoApproval undo="undoApproval" id={post.id} undoUntil={post.undoUntil} />
      {approved && refusal(post, "publish") === null ? (
        <PublishButton post={post} size="sm">
          <PaperPlaneIcon aria-hidden="true" />
          {postText.publish}
        </PublishButton>
      ) : null}
      {approved && refusal(post, "schedule") === null ? (
        <>
          <Button size="sm" onClick={() => setScheduling(true)}>
            <CalendarIcon aria-hidden="true" />
            {postText.schedule}
          </Button>
          <AddToQueue post={post} />
        </>
      ) : null}
      {scheduling ? <ScheduleDialog post={post} onClose={() => setScheduling(false)} /> : null}
    </div>
  );
}

/** Takes the next free slot of the post's channels; nothing where they have none. */
function AddToQueue({ post }: { post: Post }) {
  const channelIds = post.channels.map(({ channelId }) => channelId);
  const found = useQuery({ ...suggestionQuery(channelIds, post.id), enabled: channelIds.length > 0 });
  const add = useQueuePost();
  if (!found.data) return null;
  const when = formatMomentWithZone(found.data.at, found.data.zone);
  return (
    <DecidingButton
      size="sm"
      busy={add.isPending}
      question={{
        title: postText.queueTitle(post.title),
        description: postText.goesOut(when),
        action: queueText.addPost,
        cancel: postText.keep,
      }}
      seen={post.id}
      onDecide={add.mutate}
    >
      {postText.toQueue(when)}
    </DecidingButton>
  );
}
