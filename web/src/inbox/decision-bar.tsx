import { CheckIcon, Pencil1Icon, ResetIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Post } from "../api/types.ts";
import { refusal } from "../post/allowed.ts";
import { usePostAction } from "../post/use-post-action.ts";
import { useShortcuts } from "../lib/shortcuts.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { Field, Textarea } from "../ui/field.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { inboxText } from "./messages.ts";
import { formTexts } from "../lib/form.ts";

/** Approve, or send back with a note. Where that is not this person's to do, the reason stands there. */
export function DecisionBar({ post, onDecided }: { post: Post; onDecided: () => void }) {
  const decide = usePostAction(post.id);
  const [asking, setAsking] = useState(false);
  const cannotApprove = refusal(post, "approve");
  const cannotReturn = refusal(post, "request_changes");

  function approve(): void {
    if (cannotApprove !== null || decide.isPending) return;
    const body = { boundHash: post.boundHash, note: "" };
    decide.mutate({ action: "approve", body, message: inboxText.approved }, { onSuccess: onDecided });
  }
  function ask(): void {
    if (cannotReturn === null) setAsking(true);
  }
  useShortcuts({ a: approve, r: ask }, !asking);

  function requestChanges(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const note = formTexts(event.currentTarget)["note"] ?? "";
    setAsking(false);
    decide.mutate(
      { action: "request-changes", body: { note }, message: inboxText.changesRequested },
      { onSuccess: onDecided },
    );
  }

  return (
    <div className="sticky bottom-0 -mx-4 border-t border-line bg-surface/95 px-4 py-3 backdrop-blur sm:-mx-8 sm:px-8">
      {cannotApprove ? <p className="mb-2 text-sm text-dim">{cannotApprove}</p> : null}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          size="lg"
          disabled={cannotApprove !== null}
          busy={decide.isPending}
          onClick={approve}
        >
          <CheckIcon aria-hidden="true" />
          {inboxText.approve}
          <Key>a</Key>
        </Button>
        <Button size="lg" disabled={cannotReturn !== null} onClick={ask}>
          <ResetIcon aria-hidden="true" />
          {inboxText.requestChanges}
          <Key>r</Key>
        </Button>
        <Button asChild variant="ghost" size="lg" className="ml-auto">
          <Link to="/posts/$postId/edit" params={{ postId: post.id }}>
            <Pencil1Icon aria-hidden="true" />
            <span className="max-sm:sr-only">{inboxText.edit}</span>
          </Link>
        </Button>
      </div>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={inboxText.requestChanges}
        description={post.title}
      >
        <form onSubmit={requestChanges}>
          <DialogBody>
            <Field label={inboxText.note} help={inboxText.noteHelp}>
              {(field) => <Textarea {...field} name="note" rows={4} autoFocus />}
            </Field>
          </DialogBody>
          <DialogFooter>
            <Button onClick={() => setAsking(false)}>{inboxText.cancel}</Button>
            <Button type="submit" variant="primary">
              {inboxText.send}
            </Button>
          </DialogFooter>
        </form>
      </Dialog>
    </div>
  );
}

function Key({ children }: { children: string }) {
  return (
    <span aria-hidden="true" className="ml-1 hidden sm:inline-flex">
      <Kbd>{children}</Kbd>
    </span>
  );
}
