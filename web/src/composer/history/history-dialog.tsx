import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { messageOf } from "../../api/problem.ts";
import type { Channel, Post } from "../../api/types.ts";
import { Dialog, DialogBody } from "../../ui/dialog.tsx";
import { SkeletonRows } from "../../ui/layout.tsx";
import { Notice } from "../../ui/notice.tsx";
import { historyText } from "../messages.ts";
import type { Content } from "../use-saving.ts";
import { HistoryEntry } from "./history-entry.tsx";
import { entriesOf } from "./history.ts";
import { setAsideQuery, versionsQuery } from "./queries.ts";

type HistoryProps = {
  post: Post;
  /** What stands in the composer now; every text is compared with it. */
  content: Content;
  channels: Channel[];
  onClose: () => void;
  /** Resolves to whether it was saved as a new version. */
  onRestore: (content: Content) => Promise<boolean>;
};

/** Every version and every text set aside, to be read before it is restored. Restoring writes a new version on top. */
export function HistoryDialog({ post, content, channels, onClose, onRestore }: HistoryProps) {
  const versions = useQuery({ ...versionsQuery(post.id), staleTime: 0 });
  const asides = useQuery({ ...setAsideQuery(post.id), staleTime: 0 });
  const [chosen, setChosen] = useState<string | null>(null);
  const failure = versions.error ?? asides.error;
  const entries = entriesOf(versions.data ?? [], asides.data ?? []);
  const earlier = entries.find(({ version }) => version?.number !== post.version);
  const open = chosen ?? earlier?.key;

  async function restore(label: string, older: Content): Promise<void> {
    if (await onRestore(older)) toast.success(historyText.restored(label));
    onClose();
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={historyText.title}
      description={historyText.lead}
      className="sm:max-w-2xl"
    >
      <DialogBody reading className="px-0">
        {versions.isPending || asides.isPending ? (
          <SkeletonRows rows={3} label={historyText.loading} />
        ) : (
          <ol className="divide-y divide-line">
            {entries.map((entry) => (
              <HistoryEntry
                key={entry.key}
                entry={entry}
                post={post}
                content={content}
                channels={channels}
                open={entry.key === open}
                onToggle={() => setChosen(entry.key === open ? "" : entry.key)}
                onRestore={(older) => restore(entry.label, older)}
              />
            ))}
          </ol>
        )}
        {failure ? (
          <Notice tone="bad" className="mx-5">
            {messageOf(failure)}
          </Notice>
        ) : null}
      </DialogBody>
    </Dialog>
  );
}
