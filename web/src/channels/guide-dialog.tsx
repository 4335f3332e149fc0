import { useQuery } from "@tanstack/react-query";
import { messageOf } from "../api/problem.ts";
import type { Platform } from "../api/types.ts";
import { Dialog, DialogBody } from "../ui/dialog.tsx";
import { SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { CopyLine } from "./copy-line.tsx";
import { GuideMarkdown } from "./guide-markdown.tsx";
import { channelsText } from "./messages.ts";
import { guideQuery } from "./queries.ts";

/** The setup guide of a platform beside what it needs from here. A drawer on a wide screen, a sheet on a phone. */
export function GuideDialog({ platform, onClose }: { platform: Platform; onClose: () => void }) {
  const guide = useQuery(guideQuery(platform.id));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={channelsText.guideTitle(platform.name)}
      className="sm:top-0 sm:start-auto sm:mx-0 sm:h-dvh sm:max-h-dvh sm:max-w-xl sm:rounded-none"
    >
      <DialogBody className="grid content-start gap-4">
        {platform.redirectUri ? (
          <CopyLine label={channelsText.redirectUri} value={platform.redirectUri} />
        ) : null}
        {guide.isPending ? <SkeletonRows rows={4} label={channelsText.loadingGuide} /> : null}
        {guide.isError ? <Notice tone="bad">{messageOf(guide.error)}</Notice> : null}
        {guide.isSuccess ? <GuideMarkdown text={guide.data.markdown} /> : null}
      </DialogBody>
    </Dialog>
  );
}
