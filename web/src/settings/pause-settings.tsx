import { useCan, useMe } from "../account/use-me.ts";
import { Card, CardHeader } from "../ui/layout.tsx";
import { SwitchField } from "../ui/switch-field.tsx";
import { settingsText } from "./messages.ts";
import { usePause } from "./mutations.ts";

/** Stops everything of this workspace from being sent, at once, and lets it go on. */
export function PauseSettings() {
  const { workspace } = useMe();
  const allowed = useCan("channels.manage");
  const change = usePause();
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
