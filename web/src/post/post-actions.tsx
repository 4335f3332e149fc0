import {
  CalendarIcon,
  DotsHorizontalIcon,
  PaperPlaneIcon,
  Pencil1Icon,
  TrashIcon,
} from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useState } from "react";
import type { Action, Post } from "../api/types.ts";
import { useCan } from "../api/use-me.ts";
import { seriesText } from "../series/messages.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { Hint } from "../ui/tooltip.tsx";
import { refusal } from "./allowed.ts";
import { postText } from "./messages.ts";
import { useCopyPost } from "./use-copy-post.ts";
import { useDeletePost } from "./use-delete-post.ts";
import { type PostAction, usePostAction } from "./use-post-action.ts";

const RepeatDialog = lazy(async () => ({
  default: (await import("../series/repeat-dialog.tsx")).RepeatDialog,
}));
const ScheduleDialog = lazy(async () => ({
  default: (await import("./schedule-dialog.tsx")).ScheduleDialog,
}));

/** What can be done with a post now. What can't, says why, on hover and focus. */
export function PostActions({ post }: { post: Post }) {
  const act = usePostAction(post.id);
  const remove = useDeletePost();
  const [open, setOpen] = useState<"schedule" | "repeat" | "publish" | "cancel" | null>(null);
  const can = (action: Action) => refusal(post, action) === null;
  const copy = useCopyPost();
  const mayWrite = useCan("posts.write") && post.deletedAt === null;
  const mayRepeat = mayWrite && post.variants.length > 0;

  function run(action: PostAction, message: string): void {
    act.mutate({ action, message });
  }

  if (post.series?.role === "template") return <TemplateActions post={post} editable={can("edit")} />;
  return (
    <>
      {can("edit") ? (
        <Button asChild>
          <Link to="/posts/$postId/edit" params={{ postId: post.id }}>
            <Pencil1Icon aria-hidden="true" />
            {postText.edit}
          </Link>
        </Button>
      ) : null}
      {can("schedule") ? (
        <Button onClick={() => setOpen("schedule")}>
          <CalendarIcon aria-hidden="true" />
          {post.scheduled ? postText.reschedule : postText.schedule}
        </Button>
      ) : null}
      <MainAction post={post} busy={act.isPending} onRun={run} onPublish={() => setOpen("publish")} />
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={postText.moreActions}>
            <DotsHorizontalIcon />
          </Button>
        }
      >
        {mayRepeat ? <MenuItem onSelect={() => setOpen("repeat")}>{seriesText.repeat}</MenuItem> : null}
        {mayWrite ? <MenuItem onSelect={() => copy.mutate(post.id)}>{postText.copy}</MenuItem> : null}
        {can("withdraw") ? (
          <MenuItem onSelect={() => run("withdraw", postText.withdrawn)}>{postText.withdraw}</MenuItem>
        ) : null}
        {can("unschedule") ? (
          <MenuItem onSelect={() => run("unschedule", postText.unscheduled)}>{postText.unschedule}</MenuItem>
        ) : null}
        {can("restore") ? (
          <MenuItem onSelect={() => run("restore", postText.restored)}>{postText.restore}</MenuItem>
        ) : null}
        <MenuItem danger disabled={!can("cancel")} onSelect={() => setOpen("cancel")}>
          {postText.cancel}
        </MenuItem>
        {can("remove") ? (
          <MenuItem danger onSelect={() => remove.mutate(post.id)}>
            <TrashIcon aria-hidden="true" />
            {postText.delete}
          </MenuItem>
        ) : null}
      </Menu>
      <Suspense fallback={null}>
        {open === "schedule" ? (
          <ScheduleDialog
            post={post}
            onClose={() => setOpen(null)}
            onRepeat={mayRepeat ? () => setOpen("repeat") : null}
          />
        ) : null}
        {open === "repeat" ? <RepeatDialog post={post} onClose={() => setOpen(null)} /> : null}
      </Suspense>
      <Confirm
        open={open === "publish"}
        onOpenChange={() => setOpen(null)}
        title={postText.publishTitle}
        description={postText.publishLead(post.channels.map((channel) => channel.handle).join(", "))}
        action={postText.publish}
        cancel={postText.keep}
        tone="primary"
        onConfirm={() => run("publish", postText.publishing)}
      />
      <Confirm
        open={open === "cancel"}
        onOpenChange={() => setOpen(null)}
        title={postText.cancelTitle}
        description={postText.cancelLead}
        action={postText.cancel}
        cancel={postText.keepPost}
        onConfirm={() => run("cancel", postText.cancelled)}
      />
    </>
  );
}

/** A template is edited here and everything else is done on the page of its series. */
function TemplateActions({ post, editable }: { post: Post; editable: boolean }) {
  return (
    <>
      {editable ? (
        <Button asChild>
          <Link to="/posts/$postId/edit" params={{ postId: post.id }}>
            <Pencil1Icon aria-hidden="true" />
            {postText.edit}
          </Link>
        </Button>
      ) : null}
      <Button asChild variant="primary">
        <Link to="/series/$seriesId" params={{ seriesId: post.series?.id ?? "" }}>
          {postText.toSeries}
        </Link>
      </Button>
    </>
  );
}

type MainProps = {
  post: Post;
  busy: boolean;
  onRun: (action: PostAction, message: string) => void;
  onPublish: () => void;
};

/** The one next step of this post, as the primary button. */
function MainAction({ post, busy, onRun, onPublish }: MainProps) {
  if (post.status === "in_review") {
    return (
      <Button asChild variant="primary">
        <Link to="/inbox" search={{ post: post.id }}>
          {postText.review}
        </Link>
      </Button>
    );
  }
  if (post.status === "draft") {
    const reason = refusal(post, "submit");
    return (
      <Reasoned reason={reason}>
        <Button
          variant="primary"
          aria-disabled={reason !== null}
          busy={busy}
          onClick={() => (reason === null ? onRun("submit", postText.submitted) : undefined)}
        >
          {postText.submit}
        </Button>
      </Reasoned>
    );
  }
  if (post.status !== "approved" && post.status !== "scheduled") return null;
  const reason = refusal(post, "publish");
  return (
    <Reasoned reason={reason}>
      <Button
        variant="primary"
        aria-disabled={reason !== null}
        busy={busy}
        onClick={() => (reason === null ? onPublish() : undefined)}
      >
        <PaperPlaneIcon aria-hidden="true" />
        {postText.publish}
      </Button>
    </Reasoned>
  );
}

function Reasoned({ reason, children }: { reason: string | null; children: ReactElement }) {
  return reason ? <Hint label={reason}>{children}</Hint> : children;
}
