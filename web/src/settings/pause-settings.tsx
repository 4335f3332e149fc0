import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import { useCan, useMe } from "../account/use-me.ts";
import { Card, CardHeader } from "../ui/layout.tsx";
import { SwitchField } from "../ui/switch-field.tsx";
import { settingsText } from "./messages.ts";

/** Stops everything of this workspace from being sent, at once, and lets it go on. */
export function PauseSettings() {
  const { workspace } = useMe();
  const allowed = useCan("channels.manage");
  const change = useMutation({
    mutationFn: (paused: boolean) => call(paused ? "pauseWorkspace" : "resumeWorkspace"),
    onSuccess: ({ pausedAt }) => toast.success(pausedAt ? settingsText.paused : settingsText.resumed),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("workspace"),
  });
  return (
    <Card>
      <CardHeader title={settingsText.publishingTitle} />
      <div className="p-5">
        <SwitchField
          label={settingsText.pause}
          help={settingsText.pauseHelp}
          disabled={!allowed || change.isPending}
          checked={workspace.pausedAt !== null}
          onCheckedChange={(paused) => change.mutate(paused)}
        />
      </div>
    </Card>
  );
}
