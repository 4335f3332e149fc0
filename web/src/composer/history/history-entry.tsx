import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useMe } from "../../account/use-me.ts";
import { messageOf } from "../../api/problem.ts";
import type { Channel, Post, Variant } from "../../api/types.ts";
import { DiffText } from "../../inbox/diff-text.tsx";
import { formatMoment } from "../../lib/format.ts";
import { refusal } from "../../post/allowed.ts";
import { versionQuery } from "../../post/queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Skeleton } from "../../ui/layout.tsx";
import { Notice } from "../../ui/notice.tsx";
import { historyText } from "../messages.ts";
import { type Content, contentOf } from "../use-saving.ts";
import type { Entry } from "./history.ts";

type EntryProps = {
  entry: Entry;
  post: Post;
  content: Content;
  channels: Channel[];
  open: boolean;
  onToggle: () => void;
  onRestore: (content: Content) => Promise<void>;
};

/** One text of the history: whose and when, and opened, what it says and how that differs from what stands now. */
export function HistoryEntry({ entry, post, content, channels, open, onToggle, onRestore }: EntryProps) {
  const { workspace } = useMe();
  const id = useId();
  const { version, aside, label } = entry;
  const written = version ?? aside;
  const current = version?.number === post.version;
  return (
    <li className="px-5 py-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex items-center gap-2 font-medium">
            {label}
            {current ? <Badge>{historyText.current}</Badge> : null}
          </p>
          <p className="truncate text-sm text-faint">
            {written?.author.kind === "agent"
              ? historyText.byAgent
              : (written?.author.name ?? historyText.someone)}{" "}
            · {formatMoment(written?.createdAt ?? "", workspace.timeZone)}
          </p>
        </div>
        {current ? null : (
          <Button size="sm" variant="ghost" aria-expanded={open} aria-controls={id} onClick={onToggle}>
            {open ? historyText.hide : historyText.show}
            <span className="sr-only"> {label}</span>
          </Button>
        )}
      </div>
      {open && !current ? (
        <div id={id} className="mt-3 grid gap-3">
          <Text entry={entry} post={post} content={content} channels={channels} onRestore={onRestore} />
        </div>
      ) : null}
    </li>
  );
}

type TextProps = Pick<EntryProps, "entry" | "post" | "content" | "channels" | "onRestore">;

function Text({ entry, post, content, channels, onRestore }: TextProps) {
  const [busy, setBusy] = useState(false);
  const read = useQuery({
    ...versionQuery(post.id, entry.version?.number ?? 0),
    enabled: entry.version !== null,
  });
  if (read.isError) return <Notice tone="bad">{messageOf(read.error)}</Notice>;
  const older = entry.aside ?? read.data;
  if (!older) return <Skeleton className="h-16 w-full" />;
  const ids = new Set([...older.variants, ...content.variants].map(({ channelId }) => channelId));
  return (
    <>
      <p className="text-xs text-faint">{historyText.compared}</p>
      {older.title === content.title ? null : (
        <p className="text-sm font-medium">
          <DiffText before={content.title} after={older.title} />
        </p>
      )}
      {[...ids].map((channelId) => (
        <div key={channelId} className="rounded-lg border border-line px-3 py-2 text-sm">
          <p className="mb-1 text-xs text-faint">
            {channels.find((channel) => channel.id === channelId)?.handle ?? channelId}
          </p>
          <DiffText before={textOf(content.variants, channelId)} after={textOf(older.variants, channelId)} />
        </div>
      ))}
      {refusal(post, "edit") === null ? (
        <Button
          size="sm"
          variant="primary"
          className="justify-self-start"
          busy={busy}
          onClick={() => {
            setBusy(true);
            void onRestore(contentOf(older));
          }}
        >
          {historyText.restore}
        </Button>
      ) : null}
    </>
  );
}

/** Everything that one channel says, as a person would read it. */
function textOf(variants: Variant[], channelId: string): string {
  const content = variants.find((variant) => variant.channelId === channelId)?.content;
  if (!content) return "";
  const more = [
    content.link,
    content.firstComment,
    ...Object.values(content.options),
    ...content.media.map(({ altText }) => historyText.file(altText)),
  ];
  return [...content.parts, ...more].filter(Boolean).join("\n\n");
}
