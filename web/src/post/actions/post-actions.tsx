import { CalendarIcon, DotsHorizontalIcon, Pencil1Icon, TrashIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useCan } from "../../account/use-me.ts";
import type { Action, Post } from "../../api/types.ts";
import { lazyWindow } from "../../lib/lazy-part.tsx";
import { texts } from "../../lib/texts.ts";
import { seriesText } from "../../series/messages.ts";
import { Button } from "../../ui/button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { isForbidden, refusal } from "../allowed.ts";
import { postText } from "../messages.ts";
import { skippable } from "../unready.ts";
import { AskFirst, type Question } from "./ask-first.tsx";
import { MainAction } from "./main-action.tsx";
import { useCopyPost } from "./use-copy-post.ts";
import { useDeletePost } from "./use-delete-post.ts";
import { type PostAction, usePostAction } from "./use-post-action.ts";

const RepeatDialog = lazyWindow(async () => (await import("../../series/repeat-dialog.tsx")).RepeatDialog);
const ScheduleDialog = lazyWindow(async () => (await import("./schedule-dialog.tsx")).ScheduleDialog);

/** What can be done with a post now. What can't, says why, on hover and focus. */
export function PostActions({ post }: { post: Post }) {
  const act = usePostAction(post.id);
  const remove = useDeletePost();
  const [open, setOpen] = useState<"schedule" | "repeat" | null>(null);
  const [asking, setAsking] = useState<Question | null>(null);
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
      {can("schedule") || skippable(post, "schedule").length > 0 ? (
        <Button onClick={() => setOpen("schedule")}>
          <CalendarIcon aria-hidden="true" />
          {post.scheduled ? postText.reschedule : postText.schedule}
        </Button>
      ) : null}
      <MainAction post={post} busy={act.isPending} onRun={run} />
      {mayWrite || !isForbidden(post, "cancel") ? (
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
            <MenuItem onSelect={() => setAsking("withdraw")}>{postText.withdraw}</MenuItem>
          ) : null}
          {can("unschedule") ? (
            <MenuItem onSelect={() => setAsking("unschedule")}>{postText.unschedule}</MenuItem>
          ) : null}
          {can("restore") ? (
            <MenuItem onSelect={() => run("restore", postText.restored)}>{postText.restore}</MenuItem>
          ) : null}
          {isForbidden(post, "cancel") ? null : (
            <MenuItem danger disabled={!can("cancel")} onSelect={() => setAsking("cancel")}>
              {postText.cancel}
            </MenuItem>
          )}
          {can("remove") ? (
            <MenuItem danger onSelect={() => setAsking("remove")}>
              <TrashIcon aria-hidden="true" />
              {postText.delete}
            </MenuItem>
          ) : null}
        </Menu>
      ) : null}
      {open === "schedule" ? (
        <ScheduleDialog
          post={post}
          onClose={() => setOpen(null)}
          onRepeat={mayRepeat ? () => setOpen("repeat") : null}
        />
      ) : null}
      {open === "repeat" ? <RepeatDialog post={post} onClose={() => setOpen(null)} /> : null}
      <AskFirst
        question={asking}
        title={post.title}
        onClose={() => setAsking(null)}
        onConfirm={(question) =>
          question === "remove" ? remove.mutate(post.id) : run(question, done[question])
        }
      />
    </>
  );
}

const done = texts((): Record<Exclude<Question, "remove">, string> => ({
  withdraw: postText.withdrawn,
  unschedule: postText.unscheduled,
  cancel: postText.cancelled,
}));

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
