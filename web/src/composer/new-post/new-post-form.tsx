import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { fieldError, isGeneral, messageOf } from "../../api/problem.ts";
import { channelsQuery } from "../../channels/queries.ts";
import { useStoredDraft } from "../../lib/use-stored-draft.ts";
import { Button } from "../../ui/button.tsx";
import { DialogBody, DialogFooter } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { ChannelPicker } from "../channel-picker.tsx";
import { newPostText } from "../messages.ts";
import { type Material, type MaterialKind, materialKinds, MaterialField } from "./material.tsx";
import { useBeginPost } from "./mutations.ts";

type FormProps = { onStarted: (runId: string) => void; onClose: () => void };

const empty: Material = { kind: "markdown", text: "", url: "" };

/** The material that was being pasted when the window was last closed; our own JSON from `keep`. */
function restore(text: string | null): Material {
  try {
    return text === null ? empty : (JSON.parse(text) as Material);
  } catch {
    return empty;
  }
}

export function NewPostForm({ onStarted, onClose }: FormProps) {
  const navigate = useNavigate();
  const reasonId = useId();
  const stored = useStoredDraft("new-post");
  const [material, setMaterial] = useState(() => restore(stored.restored));
  const channels = useQuery(channelsQuery);
  const usable = channels.data?.filter((channel) => channel.status === "connected") ?? [];
  const [unchecked, setUnchecked] = useState<ReadonlySet<string>>(new Set());
  const channelIds = usable.map((channel) => channel.id).filter((id) => !unchecked.has(id));

  const start = useBeginPost((begun) => {
    stored.clear();
    if ("runId" in begun) return onStarted(begun.runId);
    onClose();
    void navigate({ to: "/posts/$postId/edit", params: { postId: begun.postId } });
  });

  function change(next: Material): void {
    setMaterial(next);
    stored.keep(JSON.stringify(next));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    start.mutate({ material, channelIds });
  }

  const pointers = ["/source", "/channelIds"];
  return (
    <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col" noValidate>
      <DialogBody className="grid content-start gap-5">
        <div>
          <Segmented<MaterialKind>
            label={newPostText.kindLabel}
            value={material.kind}
            options={materialKinds.map((kind) => ({ value: kind, label: newPostText.kinds[kind] }))}
            onChange={(kind) => change({ ...material, kind })}
          />
        </div>
        {isGeneral(start.error, pointers) ? <Notice tone="bad">{messageOf(start.error)}</Notice> : null}
        <MaterialField material={material} error={fieldError(start.error, "/source")} onChange={change} />
        <ChannelPicker
          channels={usable}
          loading={channels.isPending}
          chosen={new Set(channelIds)}
          error={fieldError(start.error, "/channelIds")}
          onToggle={(id) => setUnchecked(toggled(unchecked, id))}
          onLeave={onClose}
        />
      </DialogBody>
      <DialogFooter>
        {usable.length > 0 && channelIds.length === 0 ? (
          <p id={reasonId} className="me-auto text-xs text-warn-ink">
            {newPostText.chooseOne}
          </p>
        ) : null}
        <Button
          type="submit"
          variant="primary"
          disabled={channelIds.length === 0}
          aria-describedby={channelIds.length === 0 ? reasonId : undefined}
          busy={start.isPending}
        >
          {material.kind === "blank" ? newPostText.startBlank : newPostText.start}
        </Button>
      </DialogFooter>
    </form>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
