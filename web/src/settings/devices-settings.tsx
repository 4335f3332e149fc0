import { useQuery } from "@tanstack/react-query";
import { messageOf } from "../api/problem.ts";
import { formatRelative } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { accessText } from "./messages.ts";
import { useForgetDevice } from "./mutations.ts";
import { programOf } from "./program-of.ts";
import { devicesQuery } from "./queries.ts";

/** Browsers that stay open to their owner while somebody guesses passwords elsewhere. */
export function DevicesSettings() {
  const devices = useQuery(devicesQuery);
  const forget = useForgetDevice();
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
