import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { messageOf } from "../api/problem.ts";
import type { PendingConnection } from "../api/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { channelsText } from "./messages.ts";
import { useDropPending, usePickAccounts } from "./mutations.ts";
import { pendingQuery } from "./queries.ts";

type PickerProps = { id: string; name: (connector: string) => string; onClose: () => void };

/** The accounts that one consent opened: the person picks which of them become channels. */
export function PickerDialog({ id, name, onClose }: PickerProps) {
  const pending = useQuery(pendingQuery(id));
  const drop = useDropPending(id);

  function close(): void {
    if (pending.isSuccess) drop.mutate();
    onClose();
  }

  const title = pending.data
    ? channelsText.pickTitle(name(pending.data.connector))
    : channelsText.pickLoading;
  return (
    <Dialog open onOpenChange={close} title={title} description={channelsText.pickLead}>
      {pending.isPending ? <SkeletonRows rows={3} label={channelsText.pickLoading} /> : null}
      {pending.isError ? (
        <DialogBody>
          <Notice tone="bad">{messageOf(pending.error)}</Notice>
        </DialogBody>
      ) : null}
      {pending.isSuccess ? <Choice pending={pending.data} onDone={onClose} onCancel={close} /> : null}
    </Dialog>
  );
}

type Offered = PendingConnection["accounts"][number];
type ChoiceProps = { pending: PendingConnection; onDone: () => void; onCancel: () => void };

/** What was connected before, or is to be connected again, comes chosen. */
function firstChoice({ accounts, channelId }: PendingConnection): string[] {
  const known = accounts.filter(
    ({ problem, channel }) =>
      problem === null &&
      channel &&
      (channelId ? channel.id === channelId : channel.status !== "disconnected"),
  );
  const usable = accounts.filter(({ problem }) => problem === null);
  const chosen = known.length > 0 ? known : usable.length === 1 ? usable : [];
  return chosen.map(({ accountId }) => accountId);
}

function Choice({ pending, onDone, onCancel }: ChoiceProps) {
  const [chosen, setChosen] = useState(() => firstChoice(pending));
  const pick = usePickAccounts(pending.id);

  function submit(event: FormEvent): void {
    event.preventDefault();
    pick.mutate(chosen, { onSuccess: onDone });
  }

  function toggle(accountId: string): void {
    setChosen((now) =>
      now.includes(accountId) ? now.filter((one) => one !== accountId) : [...now, accountId],
    );
  }

  return (
    <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col">
      <DialogBody className="grid content-start gap-2">
        {pick.isError ? <Notice tone="bad">{messageOf(pick.error)}</Notice> : null}
        <fieldset className="grid gap-2">
          <legend className="sr-only">{channelsText.pickLead}</legend>
          {pending.accounts.map((account) => (
            <Account
              key={account.accountId}
              account={account}
              checked={chosen.includes(account.accountId)}
              onToggle={() => toggle(account.accountId)}
            />
          ))}
        </fieldset>
        {pending.missingOptional.length > 0 ? (
          <Notice tone="info" title={channelsText.missingOptional}>
            {pending.missingOptional.map(({ enables }) => enables).join("; ")}
          </Notice>
        ) : null}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onCancel}>{channelsText.cancel}</Button>
        <Button type="submit" variant="primary" disabled={chosen.length === 0} busy={pick.isPending}>
          {channelsText.pickAction(chosen.length)}
        </Button>
      </DialogFooter>
    </form>
  );
}

function Account({
  account,
  checked,
  onToggle,
}: {
  account: Offered;
  checked: boolean;
  onToggle: () => void;
}) {
  const isOff = account.problem !== null;
  const id = `pick-${account.accountId}`;
  return (
    <label
      htmlFor={id}
      className="flex items-center gap-3 rounded-lg border border-line px-3.5 py-3 has-checked:border-accent has-checked:bg-accent-soft/50"
    >
      <input
        id={id}
        type="checkbox"
        className="size-4 accent-accent"
        checked={checked}
        disabled={isOff}
        onChange={onToggle}
        {...(isOff ? { "aria-describedby": `${id}-problem` } : {})}
      />
      <Avatar name={account.displayName} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{account.displayName}</span>
        <span className="block truncate text-sm text-faint">
          {[account.kind, account.handle === account.displayName ? "" : account.handle]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {isOff ? (
          <span id={`${id}-problem`} className="block text-sm text-bad-ink">
            {account.problem}
          </span>
        ) : null}
      </span>
      {account.channel ? <Badge>{channelsText.alreadyThere[account.channel.status]}</Badge> : null}
    </label>
  );
}
