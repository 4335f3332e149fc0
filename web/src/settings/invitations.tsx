import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { Body, InvitationMade } from "../api/types.ts";
import { formFields } from "../lib/form.ts";
import { formatRelative } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input, Select } from "../ui/field.tsx";
import { Card, CardHeader } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { CopyLink } from "./copy-link.tsx";
import { roleText, settingsText } from "./messages.ts";
import { useInvite, useRevokeInvitation } from "./mutations.ts";
import { invitationsQuery } from "./queries.ts";

const invitable: Body<"invite">["role"][] = ["editor", "approver", "viewer", "admin"];

export function Invitations() {
  const invitations = useQuery(invitationsQuery);
  const [made, setMade] = useState<InvitationMade | null>(null);
  const invite = useInvite();
  const revoke = useRevokeInvitation();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const { email, role } = formFields(form, ["email", "role"]);
    const chosen = invitable.find((one) => one === role) ?? "editor";
    invite.mutate(
      { email, role: chosen },
      {
        onSuccess: (invitation) => {
          setMade(invitation);
          form.reset();
        },
      },
    );
  }

  return (
    <Card>
      <CardHeader title={settingsText.inviteTitle} lead={settingsText.inviteLead} />
      <div className="grid gap-4 p-5">
        <form onSubmit={submit} className="grid items-start gap-3 sm:grid-cols-[1fr_9rem_auto]" noValidate>
          <Field label={settingsText.email} error={fieldError(invite.error, "/email")}>
            {(field) => <Input {...field} name="email" type="email" autoComplete="off" required />}
          </Field>
          <Field label={settingsText.role} error={fieldError(invite.error, "/role")}>
            {(field) => (
              <Select {...field} name="role">
                {invitable.map((role) => (
                  <option key={role} value={role}>
                    {roleText[role].name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Button type="submit" variant="primary" busy={invite.isPending} className="h-9 sm:mt-6.5">
            {settingsText.invite}
          </Button>
        </form>
        {isGeneral(invite.error, ["/email", "/role"]) ? (
          <Notice tone="bad">{messageOf(invite.error)}</Notice>
        ) : null}
        {made ? <Made invitation={made} /> : null}
        {invitations.data?.length ? (
          <section>
            <h3 className="mb-1 text-xs font-medium text-faint">{settingsText.openInvitations}</h3>
            <ul className="divide-y divide-line">
              {invitations.data.map((invitation) => (
                <li key={invitation.id} className="flex items-center gap-3 py-2">
                  <div className="min-w-0 flex-1">
                    <p className="truncate">{invitation.email}</p>
                    <p className="text-xs text-faint">
                      {roleText[invitation.role].name} ·{" "}
                      {settingsText.expires(formatRelative(invitation.expiresAt))}
                    </p>
                  </div>
                  <Button size="sm" onClick={() => revoke.mutate(invitation.id)}>
                    {settingsText.revoke}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </div>
    </Card>
  );
}

function Made({ invitation }: { invitation: InvitationMade }) {
  const { email, link, mailed, makesAccount } = invitation;
  return (
    <>
      {mailed ? <Notice tone="good">{settingsText.mailedTo(email)}</Notice> : null}
      {link === null ? null : <CopyLink title={settingsText.linkReady(email)} link={link} />}
      {makesAccount ? null : <Notice tone="warn">{settingsText.accountOnly}</Notice>}
    </>
  );
}
