import { useState } from "react";
import { Dialog } from "../../ui/dialog.tsx";
import { newPostText } from "../messages.ts";
import { NewPostForm } from "./new-post-form.tsx";
import { RunProgress } from "./run-progress.tsx";

/** From material to drafts: first what and where to, then the run as it works. */
export function NewPostDialog({ onClose }: { onClose: () => void }) {
  const [runId, setRunId] = useState<string | null>(null);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={runId ? newPostText.running : newPostText.title}
      {...(runId ? {} : { description: newPostText.lead })}
      className="sm:max-w-2xl"
    >
      {runId ? (
        <RunProgress runId={runId} onClose={onClose} onAgain={() => setRunId(null)} />
      ) : (
        <NewPostForm onStarted={setRunId} onClose={onClose} />
      )}
    </Dialog>
  );
}
