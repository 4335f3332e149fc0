import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { toast } from "sonner";
import { api } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import type { Workspace } from "../api/types.ts";
import { useCan, useMe } from "../api/use-me.ts";
import { Card, CardHeader } from "../ui/layout.tsx";
import { Switch } from "../ui/switch.tsx";
import { settingsText } from "./messages.ts";

/** Stops everything of this workspace from being sent, at once, and lets it go on. */
export function PauseSettings() {
  const { workspace } = useMe();
  const allowed = useCan("channels.manage");
  const queryClient = useQueryClient();
  const id = useId();
  const change = useMutation({
    mutationFn: (paused: boolean) => api.post<Workspace>(`/workspace/${paused ? "pause" : "resume"}`),
    onSuccess: ({ pausedAt }) => toast.success(pausedAt ? settingsText.paused : settingsText.resumed),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["me"] }),
  });
  return (
    <Card>
      <CardHeader title={settingsText.publishingTitle} />
      <div className="flex items-start justify-between gap-6 p-5">
        <label htmlFor={id} className="text-sm">
          <span className="font-medium">{settingsText.pause}</span>
          <span className="block text-xs text-faint">{settingsText.pauseHelp}</span>
        </label>
        <Switch
          id={id}
          disabled={!allowed || change.isPending}
          checked={workspace.pausedAt !== null}
          onCheckedChange={(paused) => change.mutate(paused)}
        />
      </div>
    </Card>
  );
}
