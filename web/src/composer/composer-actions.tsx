import { CounterClockwiseClockIcon, DotsHorizontalIcon, EyeOpenIcon, TrashIcon } from "@radix-ui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Channel, Post, VariantCheck } from "../api/types.ts";
import { lazyWindow } from "../lib/lazy-part.tsx";
import { AskFirst } from "../post/actions/ask-first.tsx";
import { useDeletePost } from "../post/actions/use-delete-post.ts";
import { usePostAction } from "../post/actions/use-post-action.ts";
import { isForbidden, refusal } from "../post/allowed.ts";
import { Button } from "../ui/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import { Hint } from "../ui/tooltip.tsx";
import { errorCount } from "./channel-variants.ts";
import { composerText } from "./messages.ts";
import { isReady } from "./submit-reasons.tsx";
import type { Content } from "./use-saving.ts";

const HistoryDialog = lazyWindow(async () => (await import("./history/history-dialog.tsx")).HistoryDialog);

type ActionsProps = {
  post: Post;
  content: Content;
  checks: VariantCheck[];
  onSave: () => Promise<boolean>;
  channels: Channel[];
  /** Of the element that says why it can't be submitted yet. */
  reasonsId: string;
  onRestore: (content: Content) => Promise<boolean>;
};

/** History, submit, and what is rarely needed. Submitting saves first: what is on the screen is what is reviewed. */
export function ComposerActions({
  post,
  content,
  checks,
  channels,
  reasonsId,
  onSave,
  onRestore,
}: ActionsProps) {
  const navigate = useNavigate();
  const [history, setHistory] = useState(false);
  const remove = useDeletePost();
  const [deleting, setDeleting] = useState(false);
  const submit = usePostAction(post.id);
  const problems = checks.reduce((sum, check) => sum + errorCount(check), 0);
  const ready = isReady(content, checks);

  async function saveAndSubmit(): Promise<void> {
    if (!(await onSave())) return;
    await submit.mutateAsync({ action: "submit", message: composerText.submitted }).then(
      () => navigate({ to: "/posts/$postId", params: { postId: post.id } }),
      () => undefined,
    );
  }

  useEffect(() => {
    function listen(event: KeyboardEvent): void {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      void onSave();
    }
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, [onSave]);

  return (
    <div className="flex items-center gap-2">
      <Hint label={composerText.history}>
        <Button
          variant="ghost"
          size="icon"
          aria-label={composerText.history}
          onClick={() => setHistory(true)}
        >
          <CounterClockwiseClockIcon />
        </Button>
      </Hint>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={composerText.moreActions}>
            <DotsHorizontalIcon />
          </Button>
        }
      >
        <MenuItem onSelect={() => void navigate({ to: "/posts/$postId", params: { postId: post.id } })}>
          <EyeOpenIcon aria-hidden="true" />
          {composerText.openPost}
        </MenuItem>
        {refusal(post, "remove") === null ? (
          <>
            <MenuSeparator />
            <MenuItem danger onSelect={() => setDeleting(true)}>
              <TrashIcon aria-hidden="true" />
              {composerText.delete}
            </MenuItem>
          </>
        ) : null}
      </Menu>
      {post.series?.role === "template" && refusal(post, "edit") === null ? (
        <Button
          variant="primary"
          onClick={() =>
            void onSave().then((saved) =>
              saved
                ? navigate({ to: "/series/$seriesId", params: { seriesId: post.series?.id ?? "" } })
                : undefined,
            )
          }
        >
          {composerText.toSeries}
        </Button>
      ) : null}
      {post.status === "draft" && post.series?.role !== "template" && !isForbidden(post, "submit") ? (
        <Hint label={ready ? composerText.submitHint : composerText.problems(problems)} side="bottom">
          <Button
            variant="primary"
            aria-disabled={!ready}
            aria-describedby={ready ? undefined : reasonsId}
            busy={submit.isPending}
            onClick={() => (ready ? void saveAndSubmit() : undefined)}
          >
            {composerText.submit}
          </Button>
        </Hint>
      ) : null}
      <AskFirst
        question={deleting ? "remove" : null}
        title={post.title}
        onClose={() => setDeleting(false)}
        onConfirm={() => remove.mutate(post.id)}
      />
      {history ? (
        <HistoryDialog
          post={post}
          content={content}
          channels={channels}
          onClose={() => setHistory(false)}
          onRestore={onRestore}
        />
      ) : null}
    </div>
  );
}
