import { Cross2Icon, ReloadIcon } from "@radix-ui/react-icons";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { composerText } from "../messages.ts";
import type { Upload } from "./use-uploads.ts";

type RowProps = { upload: Upload; onRetry: () => void; onDismiss: () => void };

/** One file on its way: how far it is, or why it did not arrive and what can be done about it. */
export function UploadRow({ upload, onRetry, onDismiss }: RowProps) {
  const { file, done, reason, retry } = upload;
  if (reason === null) {
    return (
      <div
        role="status"
        className="flex items-center gap-3 rounded-lg border border-line px-3 py-2.5 text-sm"
      >
        <span className="min-w-0 flex-1 truncate">{composerText.uploading(file.name)}</span>
        <progress value={done} max={1} aria-label={file.name} className="h-1.5 w-32 accent-accent" />
      </div>
    );
  }
  return (
    <Notice
      tone="bad"
      title={composerText.notUploaded(file.name)}
      action={
        <span className="flex gap-2">
          {retry ? (
            <Button size="sm" onClick={onRetry}>
              <ReloadIcon aria-hidden="true" />
              {composerText.uploadAgain}
              <span className="sr-only"> {file.name}</span>
            </Button>
          ) : null}
          <Button
            variant="ghost"
            size="iconSm"
            aria-label={composerText.dismiss(file.name)}
            onClick={onDismiss}
          >
            <Cross2Icon />
          </Button>
        </span>
      }
    >
      {reason}
    </Notice>
  );
}
