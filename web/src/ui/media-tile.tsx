import { FileTextIcon } from "@radix-ui/react-icons";
import type { Media } from "../api/types.ts";
import { formatPlayingTime } from "../lib/format.ts";
import { plural, texts } from "../lib/texts.ts";
import { Picture } from "./picture.tsx";

const tileText = texts(() => ({
  pages: (pages: number) => plural({ pages }, { one: "# page", other: "# pages" }),
}));

/** A small picture of a file in a list: the image, the first frame of a video, or the pages of a document. */
export function MediaTile({ media }: { media: Media }) {
  const box = "size-20 shrink-0 rounded-md border border-line";
  if (media.pages !== null) {
    return (
      <div className={`${box} grid place-content-center justify-items-center gap-1 bg-fill text-xs text-dim`}>
        <FileTextIcon aria-hidden="true" className="size-6" />
        <span>{tileText.pages(media.pages)}</span>
      </div>
    );
  }
  if (media.durationMs === null) {
    return <Picture media={media} alt="" sizes="5rem" className={`${box} object-cover`} />;
  }
  return (
    <div className={`${box} relative overflow-hidden bg-black`}>
      {/* Decoration: the player with its controls is in the preview. */}
      <video src={media.url} preload="metadata" muted aria-hidden="true" className="size-full object-cover" />
      <span className="absolute end-1 bottom-1 rounded bg-black/75 px-1 text-xs text-white tabular-nums">
        {formatPlayingTime(media.durationMs)}
      </span>
    </div>
  );
}
