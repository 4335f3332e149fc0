import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useMe } from "../account/use-me.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { InstallationAdmin } from "../api/types.ts";
import { formTexts } from "../lib/form.ts";
import { formatRelative } from "../lib/format.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Field, Input } from "../ui/field.tsx";
import { Card, CardHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { installationText } from "./messages.ts";
import { useAddAdmin, useRemoveAdmin } from "./mutations.ts";
import { installationAdminsQuery } from "./queries.ts";
import { UnconfirmedInvitations } from "./unconfirmed-invitations.tsx";

/** Who decides about what concerns every workspace; shown to them alone. */
export function InstallationSettings() {
  const admins = useQuery(installationAdminsQuery);
  return (
    <>
      <Card>
        <CardHeader title={installationText.adminsTitle} lead={installationText.adminsLead} />
        {admins.isPending ? <SkeletonRows rows={2} label={installationText.loading} /> : null}
        {admins.isError ? (
          <Notice tone="bad" className="m-4">
            {messageOf(admins.error)}
          </Notice>
        ) : null}
        <ul className="divide-y divide-line">
          {admins.data?.map((admin) => (
            <AdminRow key={admin.userId} admin={admin} isLast={admins.data.length === 1} />
          ))}
        </ul>
        <AddAdmin />
      </Card>
      <UnconfirmedInvitations />
    </>
  );
}

function AdminRow({ admin, isLast }: { admin: InstallationAdmin; isLast: boolean }) {
  const { user } = useMe();
  const [asking, setAsking] = useState(false);
  const isOwn = admin.userId === user.id;
  const remove = useRemoveAdmin(admin, isOwn);
  return (
    <li className="flex flex-wrap items-center gap-3 px-5 py-3">
      <Avatar name={admin.name} className="size-9" />
      <div className="min-w-0 flex-1 basis-40">
        <p dir="auto" className="truncate font-medium">
          {admin.name}{" "}
          {isOwn ? <span className="font-normal text-faint">({installationText.you})</span> : null}
        </p>
        <p className="truncate text-sm text-faint">
          {admin.email} · {installationText.since(formatRelative(admin.since))}
        </p>
      </div>
      {isLast ? (
        <p className="text-sm text-dim">{installationText.onlyOne}</p>
      ) : (
        <Button variant="danger" onClick={() => setAsking(true)}>
          {installationText.remove}
        </Button>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={installationText.removeTitle(admin.name)}
        description={isOwn ? installationText.removeOwnLead : installationText.removeLead}
        action={installationText.remove}
        cancel={installationText.cancel}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}

function AddAdmin() {
  const add = useAddAdmin();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    add.mutate(formTexts(form)["email"] ?? "", { onSuccess: () => form.reset() });
  }

  return (
    <form
      onSubmit={submit}
      className="grid items-start gap-3 border-t border-line p-5 sm:grid-cols-[1fr_auto]"
      noValidate
    >
      <Field
        label={installationText.email}
        help={installationText.emailHelp}
        error={fieldError(add.error, "/email")}
      >
        {(field) => <Input {...field} name="email" type="email" autoComplete="off" required />}
      </Field>
      <Button type="submit" variant="primary" busy={add.isPending} className="h-9 sm:mt-6.5">
        {installationText.add}
      </Button>
      {isGeneral(add.error, ["/email"]) ? <Notice tone="bad">{messageOf(add.error)}</Notice> : null}
    </form>
  );
}
