import { UploadIcon } from "@radix-ui/react-icons";
import { type DragEvent, useId, useState } from "react";
import { TimeZoneSelect } from "../account/time-zone-select.tsx";
import { useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { Import } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Card } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { importText } from "./messages.ts";
import { useUploadImport } from "./mutations.ts";

export function UploadForm({ onUploaded }: { onUploaded: (uploaded: Import) => void }) {
  const { workspace } = useMe();
  const inputId = useId();
  const [zone, setZone] = useState(workspace.timeZone);
  const [over, setOver] = useState(false);
  const upload = useUploadImport();

  function take(files: FileList | null): void {
    const file = files?.[0];
    if (file) upload.mutate({ file, zone }, { onSuccess: onUploaded });
  }
  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  }

  return (
    <Card className="grid gap-5 p-5">
      <div
        // Dropping is a shortcut of the button below.
        role="presentation"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cn(
          "flex flex-col items-center gap-3 rounded-lg border border-dashed border-line-strong px-6 py-10 text-center",
          over && "border-accent bg-accent-soft",
        )}
      >
        <UploadIcon aria-hidden="true" className="size-5 text-faint" />
        <p className="max-w-sm text-sm text-dim">{importText.drop}</p>
        <Button asChild variant="primary">
          <label htmlFor={inputId} className="cursor-pointer has-focus-visible:outline-2">
            {importText.choose}
            <input
              id={inputId}
              type="file"
              accept=".csv,.tsv,.txt,text/csv"
              className="sr-only"
              disabled={upload.isPending}
              onChange={(event) => {
                take(event.target.files);
                // The same file again is a choice too.
                event.target.value = "";
              }}
            />
          </label>
        </Button>
      </div>
      {upload.isError ? <Notice tone="bad">{messageOf(upload.error)}</Notice> : null}
      <Field label={importText.zone} className="max-w-sm">
        {(field) => <TimeZoneSelect {...field} value={zone} onChange={setZone} />}
      </Field>
    </Card>
  );
}
