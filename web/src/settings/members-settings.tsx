import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCan, useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { Member, Role } from "../api/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Select } from "../ui/field.tsx";
import { Card, CardHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Invitations } from "./invitations.tsx";
import { roleText, settingsText } from "./messages.ts";
import { useChangeRole, useRemoveMember } from "./mutations.ts";
import { membersQuery } from "./queries.ts";

const roles: Role[] = ["owner", "admin", "editor", "approver", "viewer"];

export function MembersSettings() {
  const members = useQuery(membersQuery);
  const allowed = useCan("members.manage");
  return (
    <>
      <Card>
        <CardHeader title={settingsText.membersTitle} lead={settingsText.membersLead} />
        {members.isPending ? <SkeletonRows rows={3} label={settingsText.loading} /> : null}
        {members.isError ? (
          <Notice tone="bad" className="m-4">
            {messageOf(members.error)}
          </Notice>
        ) : null}
        <ul className="divide-y divide-line">
          {members.data?.map((member) => (
            <MemberRow key={member.userId} member={member} allowed={allowed} />
          ))}
        </ul>
      </Card>
      {allowed ? <Invitations /> : null}
    </>
  );
}

function MemberRow({ member, allowed }: { member: Member; allowed: boolean }) {
  const { user } = useMe();
  const [asking, setAsking] = useState(false);
  const changeRole = useChangeRole(member);
  const remove = useRemoveMember(member);
  const own = member.userId === user.id;
  return (
    <li className="flex flex-wrap items-center gap-3 px-5 py-3">
      <Avatar name={member.name} className="size-9" />
      <div className="min-w-0 flex-1 basis-40">
        <p dir="auto" className="truncate font-medium">
          {member.name} {own ? <span className="font-normal text-faint">({settingsText.you})</span> : null}
        </p>
        <p className="truncate text-sm text-faint">{member.email}</p>
      </div>
      {allowed && !own ? (
        <>
          <Select
            aria-label={settingsText.roleOf(member.name)}
            value={member.role}
            className="w-32"
            onChange={(event) => {
              const role = roles.find((candidate) => candidate === event.target.value);
              if (role) changeRole.mutate(role);
            }}
          >
            {roles.map((role) => (
              <option key={role} value={role}>
                {roleText[role].name}
              </option>
            ))}
          </Select>
          <Button variant="danger" onClick={() => setAsking(true)}>
            {settingsText.remove}
          </Button>
        </>
      ) : (
        <p className="text-sm text-dim">{roleText[member.role].name}</p>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={settingsText.removeTitle(member.name)}
        description={settingsText.removeLead}
        action={settingsText.remove}
        cancel={settingsText.cancel}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}
