import { ChatBubbleIcon, GlobeIcon, HeartIcon, LoopIcon } from "@radix-ui/react-icons";
import type { Channel, VariantContent } from "../api/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { MediaGrid } from "./media-grid.tsx";
import { previewText } from "./messages.ts";
import { FirstComment, Folded } from "./post-parts.tsx";
import { withLink } from "./with-link.ts";

type PreviewProps = { channel: Channel; content: VariantContent };

/** A post as LinkedIn's feed shows it: the fold in the text, the link as a card, the first comment beneath. */
export function LinkedInPreview({ channel, content }: PreviewProps) {
  const { link } = content;
  const linkAs = optionOf(content, "linkAs");
  const card = link !== null && (linkAs === "A card" || (linkAs === "" && content.media.length === 0));
  const text = content.parts.join("\n\n");
  const [shown = ""] = card ? [text] : withLink({ parts: [text], link });
  return (
    <div className="px-4 py-4">
      <div className="flex items-center gap-3">
        <Avatar name={channel.displayName} className="size-11 text-sm" />
        <div className="min-w-0">
          <p dir="auto" className="truncate text-sm font-semibold">
            {channel.displayName}
          </p>
          <p className="flex items-center gap-1 text-xs text-faint">
            {previewText.now} · <GlobeIcon aria-hidden="true" className="size-3" />{" "}
            {optionOf(content, "visibility") || previewText.anyone}
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
      {card ? <LinkCard link={link} content={content} /> : <Files content={content} />}
      <div aria-hidden="true" className="mt-3 flex gap-12 border-t border-line pt-3 text-faint">
        <HeartIcon />
        <ChatBubbleIcon />
        <LoopIcon />
      </div>
      {content.firstComment ? <FirstComment channel={channel} text={content.firstComment} /> : null}
    </div>
  );
}

/** About where LinkedIn folds a text on a phone. */
const fold = { characters: 210, lines: 3 };

function Files({ content }: { content: VariantContent }) {
  const title = optionOf(content, "mediaTitle");
  return (
    <>
      {content.media.length > 0 && title ? (
        <p dir="auto" className="mt-3 text-sm font-semibold">
          {title}
        </p>
      ) : null}
      <MediaGrid media={content.media} />
    </>
  );
}

function LinkCard({ link, content }: { link: string; content: VariantContent }) {
  const host = URL.canParse(link) ? new URL(link).hostname : link;
  const description = optionOf(content, "linkDescription");
  return (
    <div className="mt-2.5 overflow-hidden rounded-lg border border-line">
      {content.media.length > 0 ? <MediaGrid media={content.media} /> : null}
      <div className="bg-fill px-3 py-2.5">
        <p className="line-clamp-2 text-sm font-semibold">{optionOf(content, "linkTitle") || host}</p>
        {description ? (
          <p dir="auto" className="truncate text-xs text-faint">
            {description}
          </p>
        ) : null}
        <p className="text-xs break-all text-faint">{link}</p>
      </div>
    </div>
  );
}

function optionOf(content: VariantContent, key: string): string {
  const value = content.options[key];
  return typeof value === "string" ? value.trim() : "";
}
