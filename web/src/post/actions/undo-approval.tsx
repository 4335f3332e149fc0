import { ResetIcon } from "@radix-ui/react-icons";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { toast } from "sonner";
import { useRefresh } from "../../api/changes.ts";
import { call } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import { isTextField } from "../../lib/keyboard.ts";
import { Button } from "../../ui/button.tsx";
import { postText } from "../messages.ts";

const second = 1_000;

/**
 * How long an approval can still be taken back, in milliseconds. The server says whether it can; its clock and this
 * one may differ, so the time is kept within what makes sense.
 */
export function undoTime(undoUntil: string): number {
  return Math.min(10 * second, Math.max(2 * second, Date.parse(undoUntil) - Date.now()));
}

/** What was approved, a post or a series, and what takes that back. */
export type Approved = { undo: "undoApproval" | "undoSeriesApproval"; id: string };

/** The message that offers to take an approval back; it goes when that was done elsewhere. */
export function offerId({ undo, id }: Approved): string {
  return `${undo} ${id}`;
}

/** Takes back the approval that this person gave a moment ago. */
export function useUndoApproval() {
  return useMutation({
    mutationFn: ({ undo, id }: Approved) => call(undo, { params: { id } }),
    onSuccess: ({ title }, approved) => {
      toast.dismiss(offerId(approved));
      toast.success(postText.takenBack(title));
    },
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("post"),
  });
}

/** The button for as long as it can be done, with Ctrl+Z for those at the keyboard; nothing afterwards. */
export function UndoApproval({ undoUntil, ...approved }: Approved & { undoUntil: string | null }) {
  return undoUntil ? <OpenUndo key={undoUntil} approved={approved} until={undoUntil} /> : null;
}

function OpenUndo({ approved, until }: { approved: Approved; until: string }) {
  const refresh = useRefresh("post");
  const undo = useUndoApproval();
  const [left, setLeft] = useState(() => Math.ceil(undoTime(until) / second));

  const tick = useEffectEvent(() => {
    setLeft((seconds) => Math.max(0, seconds - 1));
    // The server knows when it is over.
    if (left <= 1) void refresh();
  });
  const press = useEffectEvent((event: KeyboardEvent) => {
    const chord = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && !event.repeat;
    if (!chord || event.key.toLowerCase() !== "z" || isTextField(event.target)) return;
    event.preventDefault();
    if (!undo.isPending) undo.mutate(approved);
  });
  useEffect(() => {
    const timer = setInterval(() => tick(), second);
    globalThis.addEventListener("keydown", press);
    return () => {
      clearInterval(timer);
      globalThis.removeEventListener("keydown", press);
    };
  }, []);

  if (left === 0) return null;
  return (
    <Button
      size="sm"
      busy={undo.isPending}
      aria-keyshortcuts="Control+Z Meta+Z"
      onClick={() => undo.mutate(approved)}
    >
      <ResetIcon aria-hidden="true" />
      {postText.undoApproval}
      <span aria-hidden="true" className="tabular text-faint">
        {left}
      </span>
    </Button>
  );
}
