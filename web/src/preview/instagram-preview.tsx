import { BookmarkIcon, ChatBubbleIcon, HeartIcon, PaperPlaneIcon } from "@radix-ui/react-icons";
import type { Channel, VariantContent } from "../api/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { MediaGrid } from "./media-grid.tsx";
import { previewText } from "./messages.ts";
import { FirstComment, Folded } from "./post-parts.tsx";
import { withLink } from "./with-link.ts";

type PreviewProps = { channel: Channel; content: VariantContent };

/** About where Instagram folds a caption. */
const fold = { characters: 125, lines: 2 };

/** A post of Instagram: the picture first, the caption beneath; links are text that nobody can tap. */
export function InstagramPreview({ channel, content }: PreviewProps) {
  const { link } = content;
  const text = content.parts.join("\n\n");
  const [caption = ""] = withLink({ parts: [text], link });
  return (
    <div className="px-4 py-4">
      <div className="flex items-center gap-3">
        <Avatar name={channel.displayName} className="size-9 text-xs" />
        <p className="truncate text-sm font-semibold">{channel.handle.replace(/^@/, "")}</p>
      </div>
      {content.media.length > 0 ? (
        <MediaGrid media={content.media} />
      ) : (
        <p className="mt-2.5 grid h-40 place-items-center rounded-lg border border-dashed border-line text-sm text-faint">
          {previewText.needsMedia}
        </p>
      )}
      <div aria-hidden="true" className="mt-3 flex gap-4 text-faint">
        <HeartIcon />
        <ChatBubbleIcon />
        <PaperPlaneIcon />
        <BookmarkIcon className="ms-auto" />
      </div>
      <div className="mt-2 text-sm">
        {caption ? (
          <Folded text={caption} at={fold} />
        ) : (
          <span className="text-faint">{previewText.nothing}</span>
        )}
      </div>
      {link === null ? null : <p className="mt-1 text-xs text-faint">{previewText.linkIsText}</p>}
      {content.firstComment ? <FirstComment channel={channel} text={content.firstComment} /> : null}
    </div>
  );
}
