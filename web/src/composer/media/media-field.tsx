import { ImageIcon, TrashIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type DragEvent, useId, useState } from "react";
import type { CheckProblem, Limits, VariantContent } from "../../api/types.ts";
import { cn } from "../../lib/cn.ts";
import { mediaQuery } from "../../media/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Textarea } from "../../ui/field.tsx";
import { Skeleton } from "../../ui/layout.tsx";
import { MediaTile } from "../../ui/media-tile.tsx";
import { composerText } from "../messages.ts";
import { acceptedTypes, limitWords, undescribed } from "./media-limits.ts";
import { UploadRow } from "./upload-row.tsx";
import type { ChannelUploads } from "./use-uploads.ts";

type Attached = VariantContent["media"][number];
type MediaFieldProps = {
  media: Attached[];
  limits: Limits;
  problems: CheckProblem[];
  disabled: boolean;
  underWay: ChannelUploads;
  onChange: (media: Attached[]) => void;
};

/** Images, or one video or document, of a variant: dropped or chosen, each with its description. */
export function MediaField({ media, limits, problems, disabled, underWay, onChange }: MediaFieldProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const { uploads, start, retry, dismiss } = underWay;
  const running = uploads.filter(({ reason }) => reason === null).length;

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    if (!disabled) start([...event.dataTransfer.files], limits);
  }

  return (
    <fieldset disabled={disabled} className="grid min-w-0 gap-2">
      <legend className="mb-1.5 text-sm font-medium">{composerText.media}</legend>
      {media.map((attached, index) => (
        <MediaRow
          key={attached.mediaId}
          at={`/media/${index}`}
          attached={attached}
          limits={limits}
          problems={problems.filter((problem) => problem.path.includes(`/media/${index}`))}
          onChange={(altText) =>
            onChange(media.map((other) => (other === attached ? { ...other, altText } : other)))
          }
          onRemove={() => onChange(media.filter((other) => other !== attached))}
        />
      ))}
      {uploads.map((one) => (
        <UploadRow key={one.id} upload={one} onRetry={() => retry(one)} onDismiss={() => dismiss(one.id)} />
      ))}
      {media.length + running < Math.max(limits.maxMedia, 1) ? (
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
          className={cn(
            "flex flex-wrap items-center gap-x-1.5 gap-y-1 rounded-lg border border-dashed border-line-strong px-3.5 py-3 text-sm text-dim transition-colors has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent",
            over && "border-accent bg-accent-soft",
          )}
        >
          <ImageIcon aria-hidden="true" className="me-1 text-faint" />
          {composerText.dropHere}
          <label htmlFor={id} className="font-medium text-accent-ink underline underline-offset-3">
            {composerText.choose}
          </label>
          <input
            id={id}
            data-at="/media"
            type="file"
            multiple={limits.maxMedia > 1}
            accept={acceptedTypes(limits).join(",")}
            className="sr-only"
            onChange={(event) => {
              start([...(event.target.files ?? [])], limits);
              event.target.value = "";
            }}
          />
          <span className="ms-auto text-xs text-faint">{limitWords(limits)}</span>
        </div>
      ) : null}
    </fieldset>
  );
}

type RowProps = {
  at: string;
  attached: Attached;
  limits: Limits;
  problems: CheckProblem[];
  onChange: (altText: string) => void;
  onRemove: () => void;
};

function MediaRow({ at, attached, limits, problems, onChange, onRemove }: RowProps) {
  const { data: media } = useQuery(mediaQuery(attached.mediaId));
  const maxAlt = limits.altTextLength;
  const why = undescribed(media, limits);
  return (
    <div className="flex gap-3 rounded-lg border border-line p-2.5">
      {media ? <MediaTile media={media} /> : <Skeleton className="size-20 shrink-0" />}
      <div className="min-w-0 flex-1">
        {why ? (
          <p className="mb-2 flex flex-wrap items-center gap-2 text-sm text-warn-ink">
            {why}
            {maxAlt > 0 && attached.altText !== "" ? (
              <Button size="sm" onClick={() => onChange("")}>
                {composerText.removeAlt}
              </Button>
            ) : null}
          </p>
        ) : null}
        <Textarea
          hidden={why !== null && (maxAlt === 0 || attached.altText === "")}
          aria-label={composerText.altText}
          data-at={at}
          placeholder={composerText.altText}
          value={attached.altText}
          maxLength={maxAlt}
          rows={2}
          className="min-h-14 text-sm"
          onChange={(event) => onChange(event.target.value)}
        />
        <p className={cn("mt-1 text-xs text-faint", problems.length === 0 && "truncate")}>
          {problems[0] ? (
            <span className="font-medium text-bad-ink">{problems[0].message}</span>
          ) : attached.altText === "" && why === null ? (
            <span className="font-medium text-warn-ink">{composerText.altMissing}</span>
          ) : (
            media?.fileName
          )}
        </p>
      </div>
      <Button
        variant="ghost"
        size="iconSm"
        aria-label={composerText.removeMedia(media?.fileName ?? "")}
        onClick={onRemove}
      >
        <TrashIcon />
      </Button>
    </div>
  );
}
