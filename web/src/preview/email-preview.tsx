import { directionOf } from "../../../src/kit/direction.ts";
import type { Channel, VariantContent } from "../api/types.ts";
import { FormattedText } from "./formatted-text.tsx";
import { MediaGrid } from "./media-grid.tsx";
import { previewText } from "./messages.ts";

/** A mail as a reader opens it. */
export function EmailPreview({ channel, content }: { channel: Channel; content: VariantContent }) {
  const subject = content.options["subject"];
  const text = content.parts.join("\n\n");
  return (
    <div dir={directionOf(text || (subject ?? ""))}>
      <div className="border-b border-line px-5 py-4">
        <p className="text-lg font-semibold">
          {subject || <span className="text-faint">{previewText.noSubject}</span>}
        </p>
        <p className="mt-1 text-sm text-faint">
          {previewText.from} <span className="text-dim">{channel.displayName}</span> · {previewText.to}{" "}
          {previewText.subscribers}
        </p>
      </div>
      <div className="grid gap-3.5 px-5 py-5 leading-relaxed">
        <MediaGrid media={content.media} />
        {text.trim() === "" ? (
          <p className="text-faint">{previewText.nothing}</p>
        ) : (
          <FormattedText text={text} />
        )}
        {content.link ? (
          <p title={content.link}>
            <span className="inline-block rounded-md bg-ink px-4 py-2 text-sm font-semibold text-inverse">
              {previewText.readMore}
            </span>
          </p>
        ) : null}
      </div>
    </div>
  );
}
