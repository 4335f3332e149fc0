import { useMutation, useQuery } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import { devicesQuery } from "./queries.ts";
import { formatRelative } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { accessText } from "./messages.ts";
import { programOf } from "./program-of.ts";

/** Browsers that stay open to their owner while somebody guesses passwords elsewhere. */
export function DevicesSettings() {
  const devices = useQuery(devicesQuery);
  const forget = useMutation({
    mutationFn: (id: string) => call("forgetDevice", { params: { id } }),
    onSuccess: () => toast.success(accessText.forgotten),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("device"),
  });
  return (
    <Card>
      <CardHeader title={accessText.devicesTitle} lead={accessText.devicesLead} />
      {devices.isPending ? <SkeletonRows rows={2} label={accessText.loadingDevices} /> : null}
      {devices.isError ? (
        <Notice tone="bad" className="m-4">
          {messageOf(devices.error)}
        </Notice>
      ) : null}
      {devices.data?.length === 0 ? <p className="p-5 text-dim">{accessText.noDevices}</p> : null}
      <ul className="divide-y divide-line">
        {devices.data?.map((device) => (
          <li key={device.id} className="flex flex-wrap items-center gap-3 px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <p className="font-medium">{programOf(device.userAgent)}</p>
              <p className="text-sm text-faint">{accessText.used(formatRelative(device.usedAt))}</p>
            </div>
            <Button size="sm" onClick={() => forget.mutate(device.id)}>
              {accessText.forget}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
