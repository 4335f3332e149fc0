import { ChatBubbleIcon, HeartIcon, LoopIcon } from "@radix-ui/react-icons";
import type { Channel, VariantContent } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { Avatar } from "../ui/avatar.tsx";
import { MediaGrid } from "./media-grid.tsx";
import { previewText } from "./messages.ts";
import { RichText } from "./rich-text.tsx";
import { withLink } from "./with-link.ts";

type PreviewProps = { channel: Channel; content: VariantContent };

/** A post, or a thread joined by its line, as a timeline shows it that makes no cards of links. */
export function SocialPreview({ channel, content }: PreviewProps) {
  const entries = [...withLink(content), ...(content.firstComment ? [content.firstComment] : [])];
  return (
    <div className="px-4 py-4">
      {entries.map((text, index) => {
        const last = index === entries.length - 1;
        return (
          <div key={index} className="flex gap-3">
            <div className="flex flex-col items-center">
              <Avatar name={channel.displayName} className="size-10 text-xs" />
              {last ? null : <span className="my-1.5 w-0.5 flex-1 rounded bg-line-strong" />}
            </div>
            <div className={cn("min-w-0 flex-1", last ? "" : "pb-5")}>
              <p className="flex gap-1.5 text-sm">
                <span dir="auto" className="truncate font-semibold">
                  {channel.displayName}
                </span>
                <span className="truncate text-faint">{channel.handle}</span>
                <span className="shrink-0 text-faint">· {previewText.now}</span>
              </p>
              {text ? <RichText text={text} /> : <span className="text-faint">{previewText.nothing}</span>}
              {index === 0 ? <MediaGrid media={content.media} /> : null}
              <div aria-hidden="true" className="mt-3 flex gap-12 text-faint">
                <ChatBubbleIcon />
                <LoopIcon />
                <HeartIcon />
              </div>
            </div>
          </div>
        );
      })}
    </div>
  );
}
