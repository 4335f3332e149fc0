import { PauseIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { useMe } from "../account/use-me.ts";
import { Button } from "../ui/button.tsx";
import { shellText } from "./messages.ts";

/** Tells on every screen that nothing of this workspace is sent. */
export function PausedBanner() {
  const { workspace } = useMe();
  if (workspace.pausedAt === null) return null;
  return (
    <div
      role="status"
      className="flex items-center gap-3 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn-ink"
    >
      <PauseIcon aria-hidden="true" className="shrink-0" />
      <p className="flex-1">{shellText.paused}</p>
      <Button asChild size="sm">
        <Link to="/settings" search={{ tab: "workspace" }}>
          {shellText.pausedWhere}
        </Link>
      </Button>
    </div>
  );
}
