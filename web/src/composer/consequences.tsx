import { useState } from "react";
import type { Post, PostStatus } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { composerText } from "./messages.ts";

/** What saving a change does to a post in this state, beyond saving it; null where it is a draft anyway. */
const ofState: Record<PostStatus, keyof typeof composerText.consequences | null> = {
  draft: null,
  in_review: "in_review",
  approved: "approved",
  scheduled: "scheduled",
  waiting_for_channel: "stopped",
  failed: "stopped",
  missed: "stopped",
  // These are not edited.
  publishing: null,
  published: null,
  partly: null,
  cancelled: null,
};

/** Says what a change will do before the first is saved, and that it has done so afterwards. */
export function Consequences({ post }: { post: Post }) {
  const [began] = useState(post.status);
  if (post.series?.role === "template") return null;
  const ahead = ofState[post.status];
  if (ahead !== null) return <Notice tone="warn">{composerText.consequences[ahead]}</Notice>;
  if (post.status !== "draft" || ofState[began] === null) return null;
  return <Notice>{composerText.nowDraft[began === "in_review" ? "in_review" : "approved"]}</Notice>;
}

type RestoredProps = { waiting: boolean; onSave: () => void; onDrop: () => void };

/** What was brought back from this device; where saving it has consequences, a person begins it. */
export function Restored({ waiting, onSave, onDrop }: RestoredProps) {
  if (!waiting) return <Notice>{composerText.restored}</Notice>;
  return (
    <Notice
      tone="warn"
      action={
        <span className="flex gap-2">
          <Button size="sm" onClick={onDrop}>
            {composerText.dropRestored}
          </Button>
          <Button size="sm" variant="primary" onClick={onSave}>
            {composerText.saveRestored}
          </Button>
        </span>
      }
    >
      {composerText.restoredWaits}
    </Notice>
  );
}
