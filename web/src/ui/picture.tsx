import type { Media } from "../api/types.ts";

/** The widths that the server makes of a picture; see `renditions.ts` there. */
const widths = [160, 480, 960, 1440];

function at(media: Media, width: number): string {
  return `${media.url}&width=${width}`;
}

/**
 * An uploaded image, no larger than it is shown: the browser chooses among the smaller ones by `sizes`, and the place
 * is kept free by the image's own shape until it has come.
 */
export function Picture({
  media,
  alt,
  sizes,
  className,
}: {
  media: Media;
  alt: string;
  /** How wide it is shown, as in HTML: "5rem", "(width < 40rem) 100vw, 36rem". */
  sizes: string;
  className: string;
}) {
  const useful = widths.filter((width, index) => index === 0 || (widths[index - 1] ?? 0) < media.width);
  return (
    <img
      src={at(media, useful.at(-1) ?? 480)}
      srcSet={useful.map((width) => `${at(media, width)} ${width}w`).join(", ")}
      sizes={sizes}
      width={media.width}
      height={media.height}
      loading="lazy"
      decoding="async"
      alt={alt}
      className={className}
    />
  );
}
