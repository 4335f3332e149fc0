// oxlint-disable-next-line no-restricted-imports -- a rule that comes as code: docs/decisions/0002
import { mentionsAddress } from "../../../src/kit/addresses.ts";
import { directionOf } from "../../../src/kit/direction.ts";
import type { Channel, VariantContent } from "../api/types.ts";
import { FormattedText } from "./formatted-text.tsx";
import { MediaGrid } from "./media-grid.tsx";
import { previewText } from "./messages.ts";

/** An entry of Galley's own site as a reader opens it. */
export function SitePreview({ channel, content }: { channel: Channel; content: VariantContent }) {
  const title = content.options["title"];
  const text = content.parts.join("\n\n");
  return (
    <div dir={directionOf(text || (title ?? ""))} className="px-6 py-6">
      <p dir="auto" className="text-sm text-faint">
        {channel.displayName}
      </p>
      <p className="mt-1 text-2xl leading-tight font-semibold text-balance">
        {title || <span className="text-faint">{previewText.noTitle}</span>}
      </p>
      <div className="mt-4 grid gap-3.5 leading-relaxed">
        <MediaGrid media={content.media} />
        {text.trim() === "" ? (
          <p className="text-faint">{previewText.nothing}</p>
        ) : (
          <FormattedText text={text} />
        )}
        {content.link && !mentionsAddress(text, content.link) ? (
          <p className="break-all text-accent-ink underline underline-offset-3">{content.link}</p>
        ) : null}
      </div>
    </div>
  );
}
