import { CheckIcon, Pencil1Icon, ResetIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useId, useRef, useState } from "react";
import type { Post } from "../api/types.ts";
import { formTexts } from "../lib/form.ts";
import { formatList } from "../lib/format.ts";
import { useShortcuts, useShortcutsOn } from "../lib/shortcuts.ts";
import { useApproval } from "../post/actions/use-approval.ts";
import { usePostAction } from "../post/actions/use-post-action.ts";
import { refusal } from "../post/allowed.ts";
import { lostChannels, ReconnectChannels } from "../post/delivery/lost-channels.tsx";
import { Button } from "../ui/button.tsx";
import { DecidingButton } from "../ui/deciding-button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { Field, Textarea } from "../ui/field.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { inboxText } from "./messages.ts";

type DecisionProps = {
  post: Post;
  /** When it goes out, in words. */
  when: string;
  /** With the post where it was approved. */
  onDecided: (approved: Post | null) => void;
};

/**
 * Approve, or send back with a note. A click approves what lies under it; the keyboard, whose keys may have been
 * meant for a text, is asked first, with the post's name (decision 109).
 */
export function DecisionBar({ post, when, onDecided }: DecisionProps) {
  const approval = useApproval(post.id, onDecided);
  const approve = useRef<HTMLButtonElement>(null);
  const [returning, setReturning] = useState(false);
  const reasonId = useId();
  const cannotApprove = refusal(post, "approve");
  const cannotReturn = refusal(post, "request_changes");

  function askForNote(): void {
    if (cannotReturn === null) setReturning(true);
  }
  useShortcuts({ a: () => approve.current?.click(), r: askForNote });

  return (
    <div className="sticky bottom-0 -mx-4 border-t border-line bg-surface/95 px-4 py-3 backdrop-blur sm:-mx-8 sm:px-8">
      {cannotApprove ? (
        <div className="mb-2 flex flex-wrap items-center gap-3 text-sm text-dim">
          <p id={reasonId}>{cannotApprove}</p>
          <ReconnectChannels ids={lostChannels(post)} />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        <DecidingButton
          ref={approve}
          variant="primary"
          size="lg"
          disabled={cannotApprove !== null}
          aria-describedby={cannotApprove ? reasonId : undefined}
          busy={approval.isPending}
          question={{
            title: inboxText.approveTitle(post.title),
            description: inboxText.approveLead(formatList(post.channels.map(({ handle }) => handle)), when),
            action: inboxText.approve,
            cancel: inboxText.notYet,
          }}
          seen={post.boundHash}
          onDecide={approval.mutate}
        >
          <CheckIcon aria-hidden="true" />
          {inboxText.approve}
          <Key>a</Key>
        </DecidingButton>
        <Button size="lg" disabled={cannotReturn !== null} onClick={askForNote}>
          <ResetIcon aria-hidden="true" />
          {inboxText.requestChanges}
          <Key>r</Key>
        </Button>
        {refusal(post, "edit") === null ? (
          <Button asChild variant="ghost" size="lg" className="ms-auto">
            <Link to="/posts/$postId/edit" params={{ postId: post.id }}>
              <Pencil1Icon aria-hidden="true" />
              <span className="max-sm:sr-only">{inboxText.edit}</span>
            </Link>
          </Button>
        ) : null}
      </div>
      {returning ? (
        <ReturnDialog post={post} onClose={() => setReturning(false)} onReturned={() => onDecided(null)} />
      ) : null}
    </div>
  );
}

type ReturnProps = { post: Post; onClose: () => void; onReturned: () => void };

function ReturnDialog({ post, onClose, onReturned }: ReturnProps) {
  const decide = usePostAction(post.id);

  function requestChanges(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const note = formTexts(event.currentTarget)["note"] ?? "";
    decide.mutate(
      { action: "request-changes", body: { note }, message: inboxText.changesRequested },
      { onSuccess: onReturned, onSettled: onClose },
    );
  }

  return (
    <Dialog open onOpenChange={onClose} title={inboxText.requestChanges} description={post.title}>
      <form onSubmit={requestChanges}>
        <DialogBody>
          <Field label={inboxText.note} help={inboxText.noteHelp}>
            {(field) => <Textarea {...field} name="note" rows={4} required />}
          </Field>
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>{inboxText.cancel}</Button>
          <Button type="submit" variant="primary" busy={decide.isPending}>
            {inboxText.send}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

function Key({ children }: { children: string }) {
  if (!useShortcutsOn()) return null;
  return (
    <span aria-hidden="true" className="ms-1 hidden sm:inline-flex">
      <Kbd>{children}</Kbd>
    </span>
  );
}
