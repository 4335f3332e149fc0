import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { messageOf } from "../api/problem.ts";
import { versionQuery, versionsQuery } from "../api/queries.ts";
import type { Post } from "../api/types.ts";
import { useMe } from "../api/use-me.ts";
import { formatMoment } from "../lib/format.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody } from "../ui/dialog.tsx";
import { SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { historyText } from "./messages.ts";
import { type Content, contentOf } from "./use-composer.ts";

type HistoryProps = { post: Post; onClose: () => void; onRestore: (content: Content) => void };

/** Every version. Restoring writes a new one on top, so nothing is ever lost. */
export function HistoryDialog({ post, onClose, onRestore }: HistoryProps) {
  const { workspace } = useMe();
  const queryClient = useQueryClient();
  const versions = useQuery({ ...versionsQuery(post.id), staleTime: 0 });

  const restore = useMutation({
    mutationFn: (number: number) => queryClient.fetchQuery(versionQuery(post.id, number)),
    onSuccess: (version) => {
      onRestore(contentOf(version));
      toast.success(historyText.restored(version.number));
      onClose();
    },
    onError: (error) => toast.error(messageOf(error)),
  });

  return (
    <Dialog open onOpenChange={onClose} title={historyText.title} description={historyText.lead}>
      <DialogBody className="px-0">
        {versions.isPending ? <SkeletonRows rows={3} label={historyText.loading} /> : null}
        {versions.isError ? (
          <Notice tone="bad" className="mx-5">
            {messageOf(versions.error)}
          </Notice>
        ) : null}
        <ol className="divide-y divide-line">
          {versions.data?.map((version) => (
            <li key={version.number} className="flex items-center gap-3 px-5 py-3">
              <div className="min-w-0 flex-1">
                <p className="flex items-center gap-2 font-medium">
                  {historyText.version(version.number)}
                  {version.number === post.version ? <Badge>{historyText.current}</Badge> : null}
                </p>
                <p className="truncate text-sm text-faint">
                  {version.author.kind === "agent" ? historyText.byAgent : version.author.name} ·{" "}
                  {formatMoment(version.createdAt, workspace.timeZone)}
                </p>
              </div>
              {version.number === post.version ? null : (
                <Button size="sm" onClick={() => restore.mutate(version.number)}>
                  {historyText.restore}
                </Button>
              )}
            </li>
          ))}
        </ol>
      </DialogBody>
    </Dialog>
  );
}
