import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import { hasCode, messageOf } from "../api/problem.ts";
import type { Post, PostSummary } from "../api/types.ts";
import { formatMomentWithZone } from "../lib/format.ts";
import { refusal } from "../post/allowed.ts";
import { postQuery } from "../post/queries.ts";
import { Confirm } from "../ui/confirm.tsx";
import { calendarText } from "./messages.ts";
import { type Target, instantOf, isPast, withTime } from "./moves.ts";

type Asking = { post: Post; summary: PostSummary; target: Target };

/**
 * Moves posts in the calendar: shown at once, refused for the past, asked about where an approval for a
 * certain time would fall, and undone from the message that says it is done.
 *
 * @param onChoose opens a dialog for a time that needs a person's choice
 */
export function useMove(onChoose: (postId: string) => void) {
  const queryClient = useQueryClient();
  const refresh = useRefresh("post");
  const [asking, setAsking] = useState<Asking | null>(null);

  function show(post: PostSummary, target: Target): void {
    queryClient.setQueriesData<PostSummary[]>({ queryKey: keys.posts.calendar }, (posts) =>
      posts?.map((one) => (one.id === post.id ? withTime(one, target) : one)),
    );
  }

  async function send(summary: PostSummary, target: Target): Promise<void> {
    const before = summary.scheduled;
    show(summary, target);
    try {
      const moved = await call("schedulePost", { params: { id: summary.id }, body: target });
      const when = formatMomentWithZone(moved.scheduled?.at ?? instantOf(target).toString(), target.zone);
      const undo = before && {
        label: calendarText.undo,
        onClick: () => void send(moved, { wall: before.wall, zone: before.zone, rule: before.rule }),
      };
      const fell = summary.status === "scheduled" && moved.status === "draft";
      toast.success(fell ? calendarText.movedToDraft(when) : calendarText.moved(when), {
        action: undo ?? undefined,
      });
    } catch (error) {
      if (hasCode(error, "desk.schedule_ambiguous")) onChoose(summary.id);
      else toast.error(messageOf(error));
    } finally {
      // Also after a refusal: the calendar shows what is so.
      await refresh();
    }
  }

  async function move(summary: PostSummary, target: Target | null): Promise<void> {
    if (!target || target.wall === summary.scheduled?.wall) return;
    if (isPast(target)) {
      toast.error(calendarText.past);
      return;
    }
    try {
      const post = await queryClient.fetchQuery({ ...postQuery(summary.id), staleTime: 0 });
      const refused = refusal(post, "schedule");
      if (refused !== null) toast.error(refused);
      else if (post.approval?.boundAt || (post.series?.follows ?? false))
        setAsking({ post, summary, target });
      else await send(summary, target);
    } catch (error) {
      toast.error(messageOf(error));
    }
  }

  const question = (
    <Confirm
      open={asking !== null}
      onOpenChange={() => setAsking(null)}
      title={calendarText.voidsTitle}
      description={asking?.post.series?.follows ? calendarText.leavesSeries : calendarText.voids}
      action={calendarText.moveAnyway}
      cancel={calendarText.keep}
      onConfirm={() => (asking ? void send(asking.summary, asking.target) : undefined)}
    />
  );
  return { move: (post: PostSummary, target: Target | null) => void move(post, target), question };
}
