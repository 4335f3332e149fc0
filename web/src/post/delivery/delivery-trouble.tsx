import { ReloadIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Delivery } from "../../api/types.ts";
import { channelsQuery } from "../../channels/queries.ts";
import { ReconnectButton } from "../../channels/reconnect-button.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { DecidingButton } from "../../ui/deciding-button.tsx";
import { postText } from "../messages.ts";
import { OutcomeQuestion } from "./outcome-question.tsx";
import { SecondCopies } from "./second-copies.tsx";
import { isHalfLive, stopped } from "./stopped.ts";
import { useDeliveryAction } from "./use-delivery-action.ts";

type TroubleProps = { delivery: Delivery; allowed: boolean };

/** What is wrong with a delivery or keeps it from going on, and what a person can do about it here; or nothing. */
export function DeliveryTrouble({ delivery, allowed }: TroubleProps) {
  return (
    <>
      <SecondCopies delivery={delivery} allowed={allowed} />
      <Standstill delivery={delivery} allowed={allowed} />
    </>
  );
}

function Standstill({ delivery, allowed }: TroubleProps) {
  const { state, error, waiting } = delivery;
  if (state === "needs_human") return <OutcomeQuestion delivery={delivery} allowed={allowed} />;
  if (state === "partly") {
    return (
      <p className="border-t border-line px-4 py-2.5 text-sm break-words text-dim">
        {postText.leftLead} {error?.message}
      </p>
    );
  }
  if (waiting || state === "confirmed" || (!error && !stopped.has(state))) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line bg-bad-soft/60 px-4 py-2.5 text-sm text-bad-ink">
      <p className="min-w-0 flex-1 basis-64 break-words">{error?.message ?? postText.stopped}</p>
      {stopped.has(state) || error?.code === "delivery.no_access" ? (
        <WaysOut delivery={delivery} allowed={allowed} />
      ) : null}
    </div>
  );
}

/** Connecting again where access or a permission is missing, and sending again what stopped where there is access. */
function WaysOut({ delivery, allowed }: { delivery: Delivery; allowed: boolean }) {
  const channels = useQuery(channelsQuery);
  const channel = channels.data?.find(({ id }) => id === delivery.channel.id);
  const lacksPermission = delivery.error?.code.endsWith(".permission_missing") ?? false;
  const connected = channel?.status === "connected";
  if (!channel) return null;
  return (
    <span className="flex flex-wrap items-center gap-2">
      {!connected || lacksPermission ? <ReconnectButton channel={channel} /> : null}
      {connected && allowed && stopped.has(delivery.state) ? <SendAgain delivery={delivery} /> : null}
      {allowed && isHalfLive(delivery) ? <Leave delivery={delivery} /> : null}
    </span>
  );
}

function SendAgain({ delivery }: { delivery: Delivery }) {
  const { id, postTitle, channel, mayBeLive } = delivery;
  const retry = useDeliveryAction(delivery);
  return (
    <DecidingButton
      size="sm"
      busy={retry.isPending}
      warns={mayBeLive}
      question={{
        title: postText.retryTitle(postTitle),
        description: mayBeLive ? postText.retryTwice : postText.retryLead(channel.handle),
        action: postText.retry,
        cancel: postText.keep,
      }}
      seen={id}
      onDecide={() => retry.mutate({ action: "retry" })}
    >
      <ReloadIcon aria-hidden="true" />
      {postText.retry}
    </DecidingButton>
  );
}

function Leave({ delivery }: { delivery: Delivery }) {
  const [asking, setAsking] = useState(false);
  const leave = useDeliveryAction(delivery);
  return (
    <>
      <Button size="sm" variant="ghost" busy={leave.isPending} onClick={() => setAsking(true)}>
        {postText.leave}
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={postText.leaveTitle}
        description={postText.leaveLead}
        action={postText.leave}
        cancel={postText.keepAsking}
        onConfirm={() => leave.mutate({ action: "leave" })}
      />
    </>
  );
}
