import { ChatBubbleIcon, GlobeIcon, HeartIcon, Share1Icon } from "@radix-ui/react-icons";
import type { Channel, VariantContent } from "../api/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { MediaGrid } from "./media-grid.tsx";
import { previewText } from "./messages.ts";
import { FirstComment, Folded } from "./post-parts.tsx";
import { withLink } from "./with-link.ts";

type PreviewProps = { channel: Channel; content: VariantContent };

/** About where Facebook folds a text on a phone. */
const fold = { characters: 400, lines: 5 };

/** A Page's post: a link is a card of its own, but beside photos it stands in the text. */
export function FacebookPreview({ channel, content }: PreviewProps) {
  const { link, media } = content;
  const card = link !== null && media.length === 0;
  const text = content.parts.join("\n\n");
  const [shown = ""] = card ? [text] : withLink({ parts: [text], link });
  return (
    <div className="px-4 py-4">
      <div className="flex items-center gap-3">
        <Avatar name={channel.displayName} className="size-10 text-xs" />
        <div className="min-w-0">
          <p dir="auto" className="truncate text-sm font-semibold">
            {channel.displayName}
          </p>
          <p className="flex items-center gap-1 text-xs text-faint">
            {previewText.now} · <GlobeIcon aria-hidden="true" className="size-3" />
          </p>
        </div>
      </div>
      <div className="mt-3 text-sm">
        {shown ? (
          <Folded text={shown} at={fold} />
        ) : (
          <span className="text-faint">{previewText.nothing}</span>
        )}
      </div>
      {card ? <LinkCard link={link} /> : <MediaGrid media={media} />}
      <div aria-hidden="true" className="mt-3 flex gap-12 border-t border-line pt-3 text-faint">
        <HeartIcon />
        <ChatBubbleIcon />
        <Share1Icon />
      </div>
      {content.firstComment ? <FirstComment channel={channel} text={content.firstComment} /> : null}
    </div>
  );
}

function LinkCard({ link }: { link: string }) {
  const host = URL.canParse(link) ? new URL(link).hostname : link;
  return (
    <div className="mt-2.5 overflow-hidden rounded-lg border border-line">
      <div className="h-28 bg-fill" />
      <div className="border-t border-line px-3 py-2">
        <p className="text-xs text-faint uppercase">{host}</p>
        <p className="text-sm font-semibold break-all">{link}</p>
      </div>
    </div>
  );
}
