import { Confirm } from "../../ui/confirm.tsx";
import { postText } from "../messages.ts";

/** What takes something away from a post. */
export type Question = "withdraw" | "unschedule" | "cancel" | "remove";

const words = {
  withdraw: {
    title: postText.withdrawTitle,
    description: postText.withdrawLead,
    action: postText.withdraw,
    cancel: postText.withdrawKeep,
  },
  unschedule: {
    title: postText.unscheduleTitle,
    description: postText.unscheduleLead,
    action: postText.unschedule,
    cancel: postText.unscheduleKeep,
  },
  cancel: {
    title: postText.cancelTitle,
    description: postText.cancelLead,
    action: postText.cancel,
    cancel: postText.keepPost,
  },
  remove: {
    title: postText.deleteTitle,
    description: postText.deleteLead,
    action: postText.delete,
    cancel: postText.keepDraft,
  },
} as const;

type AskProps = {
  question: Question | null;
  /** Of the post. */
  title: string;
  onClose: () => void;
  onConfirm: (question: Question) => void;
};

/** Asks with the post's name before a menu's item takes effect: one key opens a menu, and another chooses in it. */
export function AskFirst({ question, title, onClose, onConfirm }: AskProps) {
  if (question === null) return null;
  return (
    <Confirm
      open
      onOpenChange={onClose}
      {...words[question]}
      title={words[question].title(title)}
      onConfirm={() => onConfirm(question)}
    />
  );
}
