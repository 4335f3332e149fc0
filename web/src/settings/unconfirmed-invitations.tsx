import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { InvitationLink } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader } from "../ui/layout.tsx";
import { CopyLink } from "./copy-link.tsx";
import { installationText, roleText } from "./messages.ts";
import { useVouch } from "./mutations.ts";
import { unconfirmedInvitationsQuery } from "./queries.ts";

/** Where no mail proves an address, an admin hands the link to the right person. */
export function UnconfirmedInvitations() {
  const waiting = useQuery(unconfirmedInvitationsQuery);
  const [made, setMade] = useState<(InvitationLink & { email: string }) | null>(null);
  const vouch = useVouch();
  if (!waiting.data?.length && made === null) return null;
  return (
    <Card>
      <CardHeader title={installationText.waitingTitle} lead={installationText.waitingLead} />
      <div className="grid gap-4 p-5">
        {made ? <CopyLink title={installationText.vouched(made.email)} link={made.link} /> : null}
        <ul className="divide-y divide-line">
          {waiting.data?.map((invitation) => (
            <li key={invitation.id} className="flex items-center gap-3 py-2">
              <div className="min-w-0 flex-1">
                <p className="truncate">{invitation.email}</p>
                <p className="text-xs text-faint">
                  {installationText.waitingFor(invitation.workspaceName, roleText[invitation.role].name)}
                </p>
              </div>
              <Button size="sm" onClick={() => vouch.mutate(invitation, { onSuccess: setMade })}>
                {installationText.vouch}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
