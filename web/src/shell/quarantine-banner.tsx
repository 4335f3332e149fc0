import { ExclamationTriangleIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../account/use-me.ts";
import type { Quarantine } from "../api/types.ts";
import { useQuiet } from "../lib/quiet.ts";
import { Button } from "../ui/button.tsx";
import { quarantineText } from "./messages.ts";
import { useReleaseQuarantine } from "./mutations.ts";
import { quarantineQuery } from "./queries.ts";
import { ReleaseDialog } from "./release-dialog.tsx";

/** Where history was lost: that sending waits; and for admins why, how far looking up is, and when they may end it. */
export function QuarantineBanner() {
  const { isInstallationAdmin } = useMe().user;
  const [isAsking, setAsking] = useState(false);
  const quarantine = useQuery({ ...quarantineQuery, enabled: useQuiet() });
  const release = useReleaseQuarantine();
  const view = quarantine.data;
  if (!view?.active) return null;
  const { unchecked = 0, reading = 0, later = 0, mayRunTwice = false } = view;
  const left = unchecked + reading;
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 border-b border-line bg-bad-soft px-4 py-2 text-sm text-bad-ink"
    >
      <ExclamationTriangleIcon aria-hidden="true" className="shrink-0" />
      <p className="min-w-0 flex-1 basis-56">
        {quarantineText.lead} {isInstallationAdmin ? progress(view, left) : quarantineText.others}
      </p>
      {isInstallationAdmin ? (
        <Button
          size="sm"
          busy={release.isPending}
          disabled={left > 0 && !mayRunTwice}
          onClick={() => setAsking(true)}
        >
          {quarantineText.release}
        </Button>
      ) : null}
      {isAsking && view.unknownSince ? (
        <ReleaseDialog
          since={view.unknownSince}
          later={later}
          mayRunTwice={mayRunTwice}
          busy={release.isPending}
          onClose={() => setAsking(false)}
          onRelease={(words) => release.mutate(words, { onSuccess: () => setAsking(false) })}
        />
      ) : null}
    </div>
  );
}

function progress({ reason, asking = 0, mayRunTwice = false }: Quarantine, left: number): string {
  if (mayRunTwice) return `${reason ?? ""} ${quarantineText.mayRunTwice}`;
  return [
    reason ?? "",
    left > 0 ? quarantineText.left(left) : quarantineText.done,
    ...(asking > 0 ? [quarantineText.asking(asking)] : []),
  ].join(" ");
}
