import { FileTextIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import type { VariantContent } from "../api/types.ts";
import { composerText } from "../composer/messages.ts";
import { cn } from "../lib/cn.ts";
import { mediaQuery } from "../media/queries.ts";
import { Skeleton } from "../ui/layout.tsx";
import { Picture } from "../ui/picture.tsx";

export function MediaGrid({ media }: { media: VariantContent["media"] }) {
  if (media.length === 0) return null;
  return (
    <div
      className={cn(
        "mt-2.5 grid gap-1 overflow-hidden rounded-lg border border-line",
        media.length > 1 && "grid-cols-2",
      )}
    >
      {media.map((attached) => (
        <Attached key={attached.mediaId} attached={attached} alone={media.length === 1} />
      ))}
    </div>
  );
}

function Attached({ attached, alone }: { attached: VariantContent["media"][number]; alone: boolean }) {
  const { data } = useQuery(mediaQuery(attached.mediaId));
  const shape = alone ? "max-h-80" : "aspect-square";
  if (!data) return <Skeleton className={cn("h-40 w-full rounded-none", shape)} />;
  if (data.pages !== null) {
    return (
      <a
        href={data.url}
        download={data.fileName}
        className="flex items-center gap-3 bg-fill px-4 py-6 text-sm underline-offset-3 hover:underline"
      >
        <FileTextIcon aria-hidden="true" className="size-7 shrink-0 text-dim" />
        <span className="min-w-0">
          <span className="block truncate font-medium">{data.fileName}</span>
          <span className="text-xs text-dim">{composerText.pages(data.pages)}</span>
        </span>
      </a>
    );
  }
  if (data.durationMs !== null) {
    return (
      <video
        src={data.url}
        controls
        preload="metadata"
        aria-label={attached.altText || data.fileName}
        className="max-h-96 w-full bg-black"
      >
        {/* Captions travel inside the file, where it has them. */}
        <track kind="captions" />
      </video>
    );
  }
  return (
    <Picture
      media={data}
      alt={attached.altText}
      sizes={alone ? "(width < 40rem) 100vw, 36rem" : "(width < 40rem) 50vw, 18rem"}
      className={cn("h-auto w-full object-cover", shape)}
    />
  );
}
