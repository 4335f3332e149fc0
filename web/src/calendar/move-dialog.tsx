import { useQuery } from "@tanstack/react-query";
import { ScheduleDialog } from "../post/actions/schedule-dialog.tsx";
import { postQuery } from "../post/queries.ts";

/** The schedule dialog for a post that a calendar knows only by its outline. */
export function MoveDialog({ postId, onClose }: { postId: string; onClose: () => void }) {
  const post = useQuery(postQuery(postId));
  return post.data ? <ScheduleDialog post={post.data} onClose={onClose} /> : null;
}
