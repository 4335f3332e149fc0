import { useQuery } from "@tanstack/react-query";
import { mediaQuery } from "../api/queries.ts";
import type { VariantContent } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { Skeleton } from "../ui/layout.tsx";

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
        <Picture key={attached.mediaId} attached={attached} alone={media.length === 1} />
      ))}
    </div>
  );
}

function Picture({ attached, alone }: { attached: VariantContent["media"][number]; alone: boolean }) {
  const { data } = useQuery(mediaQuery(attached.mediaId));
  const shape = alone ? "max-h-80" : "aspect-square";
  if (!data) return <Skeleton className={cn("h-40 w-full rounded-none", shape)} />;
  return <img src={data.url} alt={attached.altText} className={cn("w-full object-cover", shape)} />;
}
