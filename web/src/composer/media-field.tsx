import { ImageIcon, TrashIcon } from "@radix-ui/react-icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useId, useState } from "react";
import { upload } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import { mediaQuery } from "../api/queries.ts";
import type { Limits, Media, CheckProblem, VariantContent } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { Button } from "../ui/button.tsx";
import { Textarea } from "../ui/field.tsx";
import { Skeleton } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { MediaTile } from "../ui/media-tile.tsx";
import { acceptedTypes, limitWords, refusal, undescribed } from "./media-limits.ts";
import { composerText } from "./messages.ts";

type Attached = VariantContent["media"][number];
type MediaFieldProps = {
  media: Attached[];
  limits: Limits;
  problems: CheckProblem[];
  disabled: boolean;
  onChange: (media: Attached[]) => void;
};

/** Images, or one video or document, of a variant: dropped or chosen, each with its description. */
export function MediaField({ media, limits, problems, disabled, onChange }: MediaFieldProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const uploads = useUploads(limits, (added) => onChange([...media, ...added]));

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    if (!disabled) void uploads.start([...event.dataTransfer.files]);
  }

  return (
    <fieldset disabled={disabled} className="grid min-w-0 gap-2">
      <legend className="mb-1.5 text-sm font-medium">{composerText.media}</legend>
      {media.map((attached, index) => (
        <MediaRow
          key={attached.mediaId}
          attached={attached}
          limits={limits}
          problems={problems.filter((problem) => problem.path.includes(`/media/${index}`))}
          onChange={(altText) =>
            onChange(media.map((other) => (other === attached ? { ...other, altText } : other)))
          }
          onRemove={() => onChange(media.filter((other) => other !== attached))}
        />
      ))}
      {uploads.running.map((running) => (
        <div
          key={running.name}
          role="status"
          className="flex items-center gap-3 rounded-lg border border-line px-3 py-2.5 text-sm"
        >
          <span className="min-w-0 flex-1 truncate">{composerText.uploading(running.name)}</span>
          <progress
            value={running.done}
            max={1}
            aria-label={running.name}
            className="h-1.5 w-32 accent-accent"
          />
        </div>
      ))}
      {uploads.error ? <Notice tone="bad">{messageOf(uploads.error)}</Notice> : null}
      {media.length + uploads.running.length < Math.max(limits.maxMedia, 1) ? (
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
          <ImageIcon aria-hidden="true" className="mr-1 text-faint" />
          {composerText.dropHere}
          <label htmlFor={id} className="font-medium text-accent-ink underline underline-offset-3">
            {composerText.choose}
          </label>
          <input
            id={id}
            type="file"
            multiple={limits.maxMedia > 1}
            accept={acceptedTypes(limits).join(",")}
            className="sr-only"
            onChange={(event) => {
              void uploads.start([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
          <span className="ml-auto text-xs text-faint">{limitWords(limits)}</span>
        </div>
      ) : null}
    </fieldset>
  );
}

type RowProps = {
  attached: Attached;
  limits: Limits;
  problems: CheckProblem[];
  onChange: (altText: string) => void;
  onRemove: () => void;
};

function MediaRow({ attached, limits, problems, onChange, onRemove }: RowProps) {
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

type Running = { name: string; done: number };

function useUploads(limits: Limits, onAdded: (media: Attached[]) => void) {
  const queryClient = useQueryClient();
  const [running, setRunning] = useState<Running[]>([]);
  const [error, setError] = useState<unknown>(null);

  async function one(file: File): Promise<Attached> {
    const form = new FormData();
    form.set("altText", "");
    form.set("file", file);
    const media = await upload<Media>("/media", form, (done) =>
      setRunning((all) => all.map((other) => (other.name === file.name ? { ...other, done } : other))),
    );
    queryClient.setQueryData(mediaQuery(media.id).queryKey, media);
    return { mediaId: media.id, altText: media.altText };
  }

  async function start(files: File[]): Promise<void> {
    const refused = files.map((file) => refusal(file, limits)).find((words) => words !== null);
    if (refused !== undefined) {
      setError(new Error(refused));
      return;
    }
    setError(null);
    setRunning(files.map((file) => ({ name: file.name, done: 0 })));
    const results = await Promise.allSettled(files.map(one));
    setRunning([]);
    onAdded(results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
    setError(results.find((result) => result.status === "rejected")?.reason ?? null);
  }

  return { running, error, start };
}
