import { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { useMe } from "../account/use-me.ts";
import { call } from "../api/client.ts";
import type { Post } from "../api/types.ts";
import { seriesText } from "./messages.ts";
import { RuleDialog, firstRule } from "./rule-dialog.tsx";

/** Makes a series of a post, and leads to where it is approved. */
export function RepeatDialog({ post, onClose }: { post: Post; onClose: () => void }) {
  const { workspace } = useMe();
  const navigate = useNavigate();
  return (
    <RuleDialog
      title={seriesText.repeatTitle}
      lead={seriesText.repeatLead}
      action={seriesText.create}
      rule={firstRule(post.scheduled?.zone ?? workspace.timeZone)}
      ahead={8}
      onClose={onClose}
      onSave={(rule, ahead) => call("createSeries", { body: { postId: post.id, rule, ahead } })}
      onSaved={(series) => {
        onClose();
        toast.success(seriesText.created);
        void navigate({ to: "/series/$seriesId", params: { seriesId: series.id } });
      }}
    />
  );
}
