import type { Channel, VariantContent } from "../api/types.ts";
import { MediaGrid } from "./media-grid.tsx";
import { previewText } from "./messages.ts";
import { RichText } from "./rich-text.tsx";

/** A mail as a reader opens it. */
export function EmailPreview({ channel, content }: { channel: Channel; content: VariantContent }) {
  const subject = content.options["subject"];
  const paragraphs = content.parts
    .join("\n\n")
    .split(/\n{2,}/u)
    .filter((paragraph) => paragraph.trim() !== "");
  return (
    <div>
      <div className="border-b border-line px-5 py-4">
        <p className="text-lg font-semibold">
          {subject ? subject : <span className="text-faint">{previewText.noSubject}</span>}
        </p>
        <p className="mt-1 text-sm text-faint">
          {previewText.from} <span className="text-dim">{channel.displayName}</span> · {previewText.to}{" "}
          {previewText.subscribers}
        </p>
      </div>
      <div className="grid gap-3.5 px-5 py-5 leading-relaxed">
        {paragraphs.length === 0 ? <p className="text-faint">{previewText.nothing}</p> : null}
        {paragraphs.map((paragraph, index) => (
          <p key={index}>
            <RichText text={paragraph} />
          </p>
        ))}
        <MediaGrid media={content.media} />
        {content.link ? (
          <p className="break-all text-accent-ink underline underline-offset-3">{content.link}</p>
        ) : null}
      </div>
    </div>
  );
}
