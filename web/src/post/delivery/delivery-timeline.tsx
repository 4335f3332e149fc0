import { ExternalLinkIcon } from "@radix-ui/react-icons";
import { useMe } from "../../account/use-me.ts";
import type { Attempt, Delivery, DeliveryState } from "../../api/types.ts";
import { ChannelIcon } from "../../channels/channel-icon.tsx";
import { cn } from "../../lib/cn.ts";
import { formatMoment, formatRelative, formatTime } from "../../lib/format.ts";
import { Status, type Tone } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/layout.tsx";
import { attemptText, deliveryStateText, postText, settledText } from "../messages.ts";
import { DeliveryTrouble } from "./delivery-trouble.tsx";

const tones: Record<DeliveryState, Tone> = {
  scheduled: "neutral",
  claimed: "accent",
  in_flight: "accent",
  confirmed: "good",
  rejected: "bad",
  needs_reconnect: "bad",
  ambiguous: "warn",
  reconciling: "warn",
  needs_human: "warn",
  missed: "bad",
  cancelled: "neutral",
  partly: "warn",
  skipped: "neutral",
};

const waiting = new Set<DeliveryState>(["ambiguous", "reconciling"]);
const active = new Set<DeliveryState>(["claimed", "in_flight", "ambiguous", "reconciling"]);

/** One variant on its way to one channel: what was tried, when, and what is known. */
export function DeliveryCard({ delivery, allowed }: { delivery: Delivery; allowed: boolean }) {
  const { workspace } = useMe();
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
        <ChannelIcon connector={delivery.channel.connector} className="size-6" />
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-semibold">{delivery.channel.handle}</p>
          <p className="text-xs text-faint">
            {postText.due(formatMoment(delivery.dueAt, workspace.timeZone))}
          </p>
        </div>
        <Status tone={tones[delivery.state]} pulse={active.has(delivery.state)}>
          {deliveryStateText[delivery.state]}
        </Status>
        {delivery.externalUrl ? (
          <Button asChild size="sm">
            <a href={delivery.externalUrl} target="_blank" rel="noreferrer">
              {postText.openLive}
              <ExternalLinkIcon aria-hidden="true" />
            </a>
          </Button>
        ) : null}
      </div>
      <DeliveryTrouble delivery={delivery} allowed={allowed} />
      {delivery.waiting ? (
        <p role="status" className="border-t border-line bg-warn-soft px-4 py-2.5 text-sm text-warn-ink">
          {delivery.waiting.message} {postText.nextCheck(formatRelative(delivery.wakeAt))}
        </p>
      ) : null}
      {delivery.attempts.length > 0 ? (
        <ol className="border-t border-line px-4 py-3">
          {delivery.attempts.map((attempt) => (
            <AttemptRow
              key={`${attempt.item}-${attempt.number}`}
              attempt={attempt}
              parts={partsOf(delivery)}
            />
          ))}
        </ol>
      ) : null}
      {waiting.has(delivery.state) ? (
        <p className="border-t border-line px-4 py-2.5 text-xs text-faint">
          {postText.nextCheck(formatRelative(delivery.wakeAt))}
        </p>
      ) : null}
    </Card>
  );
}

function partsOf(delivery: Delivery): number {
  return new Set(delivery.attempts.map((attempt) => attempt.item)).size;
}

const dots: Record<Attempt["state"], string> = {
  open: "bg-accent animate-pulse",
  confirmed: "bg-good",
  partly: "bg-warn",
  not_sent: "bg-faint",
  rejected: "bg-bad",
  unauthorized: "bg-bad",
  ambiguous: "bg-warn",
  absent_proven: "bg-faint",
};

function AttemptRow({ attempt, parts }: { attempt: Attempt; parts: number }) {
  const { workspace } = useMe();
  return (
    <li className="relative grid grid-cols-[1rem_1fr] gap-x-2.5 sm:grid-cols-[1rem_1fr_auto] pb-3 text-sm last:pb-0 not-last:before:absolute not-last:before:top-3 not-last:before:bottom-0 not-last:before:start-[5.5px] not-last:before:w-px not-last:before:bg-line-strong">
      <span
        aria-hidden="true"
        className={cn("relative mt-1.5 ms-0.5 size-2 rounded-full ring-4 ring-surface", dots[attempt.state])}
      />
      <div className="min-w-0">
        <p>
          {parts > 1 ? <span className="text-faint">{postText.part(attempt.item + 1)} · </span> : null}
          <span className="font-medium">{attemptText[attempt.state]}</span>
          {attempt.settledBy ? <span className="text-faint"> · {settledText[attempt.settledBy]}</span> : null}
        </p>
        {attempt.errorMessage ? <p className="break-words text-dim">{attempt.errorMessage}</p> : null}
        <Recipients label={postText.refusedRecipients} answers={attempt.refused} />
        <Recipients label={postText.deferredRecipients} answers={attempt.deferred} />
      </div>
      <p className="tabular col-start-2 text-xs leading-5 text-faint sm:col-start-auto sm:text-end">
        <span className="sr-only">{postText.attempt(attempt.number)}, </span>
        {formatTime(attempt.intentAt, workspace.timeZone, true)}
        {attempt.settledAt ? ` – ${formatTime(attempt.settledAt, workspace.timeZone, true)}` : null}
      </p>
    </li>
  );
}

/** Who did not get it with this attempt, and what the server said. */
function Recipients({ label, answers }: { label: string; answers: Attempt["refused"] }) {
  if (answers.length === 0) return null;
  return (
    <>
      <p className="text-dim">{label}</p>
      <ul className="text-dim">
        {answers.map(({ address, code, message }) => (
          <li key={address} className="break-words">
            {address}: {message.startsWith(code) ? message : `${code} ${message}`}
          </li>
        ))}
      </ul>
    </>
  );
}
