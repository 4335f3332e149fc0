import type { Channel } from "../api/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { previewText } from "./messages.ts";
import { RichText } from "./rich-text.tsx";

/** The whole text, since somebody may be asked to approve it, with a mark where readers have to open it. */
export function Folded({ text, at }: { text: string; at: { characters: number; lines: number } }) {
  const lines = text.split("\n").slice(0, at.lines).join("\n");
  const start = Array.from(lines).slice(0, at.characters).join("");
  const rest = text.slice(start.length);
  if (rest.trim() === "") return <RichText text={text} names={false} />;
  return (
    <>
      <RichText text={start.trimEnd()} names={false} />
      <span className="my-2 flex items-center gap-2 text-xs text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {previewText.folded}
      </span>
      <RichText text={rest.trimStart()} names={false} />
    </>
  );
}

/** The first comment under a post, by the account that posted. */
export function FirstComment({ channel, text }: { channel: Channel; text: string }) {
  return (
    <div className="mt-3 flex gap-2" aria-label={previewText.firstComment} role="group">
      <Avatar name={channel.displayName} className="size-8 text-xs" />
      <div className="min-w-0 flex-1 rounded-lg bg-fill px-3 py-2 text-sm">
        <p className="flex gap-1.5 text-xs">
          <span dir="auto" className="truncate font-semibold">
            {channel.displayName}
          </span>
          <span className="shrink-0 text-faint">{previewText.author}</span>
        </p>
        <RichText text={text} names={false} />
      </div>
    </div>
  );
}
