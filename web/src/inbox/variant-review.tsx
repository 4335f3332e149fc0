import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Variant, VariantCheck } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { formatMoney } from "../lib/format.ts";
import { mediaQuery } from "../media/queries.ts";
import { Badge } from "../ui/badge.tsx";
import { Card, Skeleton } from "../ui/layout.tsx";
import { MediaTile } from "../ui/media-tile.tsx";
import { Notice } from "../ui/notice.tsx";
import { DiffText, MarkedText } from "./diff-text.tsx";
import { inboxText } from "./messages.ts";

type ReviewProps = {
  variant: Variant;
  connector: string;
  handle: string;
  /** Where it goes, and where it went when the post was last approved, if that was elsewhere. */
  target: { target: string | null; approvedTarget: string | null };
  check: VariantCheck | undefined;
  /** The same channel in the version that was last approved; null: it was not in it; undefined: show no changes. */
  before: Variant | null | undefined;
};

/** What would go out on one channel, to the letter. */
export function VariantReview({ variant, connector, handle, target, check, before }: ReviewProps) {
  const { content } = variant;
  const suspicious = check?.suspicious ?? [];
  const unchanged = before ? JSON.stringify(before.content) === JSON.stringify(content) : false;
  return (
    <Card className="overflow-hidden">
      <div className="flex items-center gap-2.5 border-b border-line px-4 py-2.5">
        <ChannelIcon connector={connector} />
        <h3 className="min-w-0 flex-1 truncate text-sm font-semibold">{handle}</h3>
        {before === null ? <Badge tone="accent">{inboxText.newChannel}</Badge> : null}
        {unchanged ? <Badge>{inboxText.unchanged}</Badge> : null}
        {check?.price ? <Badge tone="warn">{inboxText.price(formatMoney(check.price))}</Badge> : null}
      </div>
      <div className="grid gap-4 px-4 py-4 leading-relaxed">
        {suspicious.length > 0 ? (
          <Notice tone="warn">{inboxText.suspicious(suspicious.length)}</Notice>
        ) : null}
        {target.approvedTarget === null ? null : (
          <Notice tone="warn">{inboxText.elsewhere(target.target ?? handle, target.approvedTarget)}</Notice>
        )}
        {target.target === null ? null : (
          <p className="text-sm text-dim">{inboxText.goesTo(target.target)}</p>
        )}
        <Warnings check={check} />
        {Object.entries(content.options).map(([key, value]) => (
          <Labelled key={key} label={key}>
            <Text now={value} before={before ? (before.content.options[key] ?? "") : undefined} marks={[]} />
          </Labelled>
        ))}
        {content.parts.map((part, index) => (
          <div key={index} className={index > 0 ? "border-t border-dashed border-line pt-4" : ""}>
            {content.parts.length > 1 ? (
              <p className="mb-1 text-xs text-faint">{inboxText.part(index + 1)}</p>
            ) : null}
            <Text
              now={part}
              before={before ? (before.content.parts[index] ?? "") : undefined}
              marks={suspicious.filter((mark) => mark.part === index)}
            />
          </div>
        ))}
        {content.link || before?.content.link ? (
          <Labelled label={inboxText.link}>
            <Text
              now={content.link ?? ""}
              before={before ? (before.content.link ?? "") : undefined}
              marks={[]}
            />
          </Labelled>
        ) : null}
        {content.firstComment || before?.content.firstComment ? (
          <Labelled label={inboxText.firstComment}>
            <Text
              now={content.firstComment ?? ""}
              before={before ? (before.content.firstComment ?? "") : undefined}
              marks={suspicious.filter((mark) => mark.part === content.parts.length)}
            />
          </Labelled>
        ) : null}
        {content.media.length > 0 ? (
          <Labelled label={inboxText.media}>
            <ul className="mt-1 grid gap-2">
              {content.media.map((attached) => (
                <ReviewedImage key={attached.mediaId} {...attached} />
              ))}
            </ul>
          </Labelled>
        ) : null}
      </div>
    </Card>
  );
}

/** What is no reason to refuse but worth knowing: the same text again, another post close by. */
function Warnings({ check }: { check: VariantCheck | undefined }) {
  // Hidden characters have a notice of their own, and are marked in the text.
  const warnings = (check?.problems ?? []).filter(
    ({ severity, code }) => severity === "warning" && code !== "desk.invisible_characters",
  );
  if (warnings.length === 0) return null;
  return (
    <Notice tone="warn">
      <ul>
        {warnings.map((warning) => (
          <li key={warning.code + warning.path}>{warning.message}</li>
        ))}
      </ul>
    </Notice>
  );
}

type TextProps = { now: string; before: string | undefined; marks: VariantCheck["suspicious"] };

/** Hidden characters matter more than a tidy diff: where there are any, the final text is shown with them marked. */
function Text({ now, before, marks }: TextProps) {
  if (before === undefined || marks.length > 0 || before === now)
    return <MarkedText text={now} marks={marks} />;
  return <DiffText before={before} after={now} />;
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <p className="text-xs text-faint capitalize">{label}</p>
      {children}
    </div>
  );
}

function ReviewedImage({ mediaId, altText }: { mediaId: string; altText: string }) {
  const { data } = useQuery(mediaQuery(mediaId));
  return (
    <li className="flex items-center gap-3">
      {data ? <MediaTile media={data} /> : <Skeleton className="size-20" />}
      <p className="text-sm text-dim">
        {altText || <span className="text-warn-ink">{inboxText.noAlt}</span>}
      </p>
    </li>
  );
}
