import { ExclamationTriangleIcon } from "@radix-ui/react-icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { api } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import { useMe } from "../api/use-me.ts";
import { useQuiet } from "../lib/quiet.ts";
import { Button } from "../ui/button.tsx";
import { shellText } from "./messages.ts";

/** Only admins of the installation are told the numbers. */
type Quarantine = { active: boolean; unchecked?: number; reading?: number; asking?: number };

/** After a restored backup: that sending waits; and for admins how far looking up is, and when they may end it. */
export function QuarantineBanner() {
  const { isInstallationAdmin } = useMe().user;
  const queryClient = useQueryClient();
  const quarantine = useQuery({
    queryKey: ["quarantine"],
    queryFn: ({ signal }) => api.get<Quarantine>("/quarantine", {}, signal),
    refetchInterval: 15_000,
    enabled: useQuiet(),
  });
  const release = useMutation({
    mutationFn: () => api.post("/quarantine/release"),
    onSuccess: () => toast.success(shellText.released),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["quarantine"] }),
  });
  const view = quarantine.data;
  if (!view?.active) return null;
  const { unchecked = 0, reading = 0, asking = 0 } = view;
  const left = unchecked + reading;
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 border-b border-line bg-bad-soft px-4 py-2 text-sm text-bad-ink"
    >
      <ExclamationTriangleIcon aria-hidden="true" className="shrink-0" />
      <p className="min-w-0 flex-1 basis-56">
        {shellText.quarantine} {isInstallationAdmin ? progress(left, asking) : shellText.quarantineOthers}
      </p>
      {isInstallationAdmin ? (
        <Button size="sm" busy={release.isPending} disabled={left > 0} onClick={() => release.mutate()}>
          {shellText.release}
        </Button>
      ) : null}
    </div>
  );
}

function progress(left: number, asking: number): string {
  return [
    left > 0 ? shellText.quarantineLeft(left) : shellText.quarantineDone,
    ...(asking > 0 ? [shellText.quarantineAsking(asking)] : []),
  ].join(" ");
}
