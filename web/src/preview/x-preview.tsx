import { BookmarkIcon, ChatBubbleIcon, HeartIcon, LoopIcon } from "@radix-ui/react-icons";
import { Fragment } from "react";
import type { Channel, VariantContent } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { Avatar } from "../ui/avatar.tsx";
import { MediaGrid } from "./media-grid.tsx";
import { previewText } from "./messages.ts";
import { withLink } from "./with-link.ts";
import { cardSite, xPieces } from "./x-pieces.ts";

type PreviewProps = { channel: Channel; content: VariantContent };

/**
 * A post or a thread as X shows it: links in the text and cut, names and tags in their colour, the last link as a
 * card where nothing else is attached.
 */
export function XPreview({ channel, content }: PreviewProps) {
  const texts = [...withLink(content), ...(content.firstComment ? [content.firstComment] : [])];
  return (
    <div className="px-4 py-4">
      {texts.map((text, index) => {
        const last = index === texts.length - 1;
        const attached = index === 0 && content.media.length > 0;
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
              {text || attached ? (
                <XText text={text} />
              ) : (
                <span className="text-faint">{previewText.nothing}</span>
              )}
              {attached ? <MediaGrid media={content.media} /> : <LinkCard text={text} />}
              {index === 0 ? <Labels content={content} /> : null}
              <div aria-hidden="true" className="mt-3 flex gap-12 text-faint">
                <ChatBubbleIcon />
                <LoopIcon />
                <HeartIcon />
                <BookmarkIcon />
              </div>
            </div>
          </div>
        );
      })}
    </div>
  );
}

/** X cuts what a link shows after about this many characters. */
const longestLink = 28;

function XText({ text }: { text: string }) {
  return (
    <span dir="auto" className="as-written">
      {xPieces(text).map(({ kind, text: piece }, index) =>
        kind === "text" ? (
          <Fragment key={index}>{piece}</Fragment>
        ) : (
          <span key={index} className="text-x-link">
            {kind === "url" ? cutLink(piece) : piece}
          </span>
        ),
      )}
    </span>
  );
}

function cutLink(url: string): string {
  const bare = url.replace(/^https?:\/\/(?:www\.)?/u, "");
  return bare.length > longestLink ? `${bare.slice(0, longestLink - 1)}…` : bare;
}

function LinkCard({ text }: { text: string }) {
  const site = cardSite(text);
  if (site === null) return null;
  return (
    <div className="mt-2.5 overflow-hidden rounded-xl border border-line">
      <div className="h-24 bg-fill" />
      <p className="border-t border-line px-3 py-2 text-xs text-faint">{previewText.fromSite(site)}</p>
    </div>
  );
}

function Labels({ content }: { content: VariantContent }) {
  const { whoCanReply, madeWithAi, paidPartnership } = content.options;
  const labels = [
    paidPartnership === "Yes" ? previewText.paidPartnership : null,
    madeWithAi === "Yes" ? previewText.madeWithAi : null,
    typeof whoCanReply === "string" && whoCanReply !== "" && whoCanReply !== "Everyone"
      ? previewText.canReply(whoCanReply)
      : null,
  ].filter((label) => label !== null);
  if (labels.length === 0) return null;
  return <p className="mt-2 text-xs text-faint">{labels.join(" · ")}</p>;
}
