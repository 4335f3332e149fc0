import { ExclamationTriangleIcon } from "@radix-ui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { meQuery } from "../account/queries.ts";
import { useConnection } from "../api/connection.ts";
import { Button } from "../ui/button.tsx";
import { shellText } from "./messages.ts";

/** Tells that the server can't be reached or is not ready, and asks it again. */
export function ConnectionBanner() {
  const connection = useConnection();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  if (connection === "ok") return null;

  async function retry(): Promise<void> {
    setBusy(true);
    await queryClient.fetchQuery({ ...meQuery, staleTime: 0, retry: false }).then(
      () => queryClient.refetchQueries({ type: "active" }),
      () => undefined,
    );
    setBusy(false);
  }

  return (
    <div
      role="alert"
      className="flex items-center gap-3 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn-ink"
    >
      <ExclamationTriangleIcon aria-hidden="true" className="shrink-0" />
      <p className="flex-1">{connection === "lost" ? shellText.lost : shellText.unavailable}</p>
      <Button size="sm" busy={busy} onClick={() => void retry()}>
        {shellText.retry}
      </Button>
    </div>
  );
}
