import { LaptopIcon, MobileIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { messageOf } from "../api/problem.ts";
import { formatRelative } from "../lib/format.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { DevicesSettings } from "./devices-settings.tsx";
import { settingsText } from "./messages.ts";
import { useEndSession } from "./mutations.ts";
import { PasswordSettings } from "./password-settings.tsx";
import { programOf } from "./program-of.ts";
import { sessionsQuery } from "./queries.ts";

/** How one gets in: the password, the sessions, and the browsers that are known. */
export function AccessSettings() {
  return (
    <>
      <PasswordSettings />
      <SessionsSettings />
      <DevicesSettings />
    </>
  );
}

function SessionsSettings() {
  const sessions = useQuery(sessionsQuery);
  const end = useEndSession();
  return (
    <Card>
      <CardHeader title={settingsText.sessionsTitle} lead={settingsText.sessionsLead} />
      {sessions.isPending ? <SkeletonRows rows={2} label={settingsText.loading} /> : null}
      {sessions.isError ? (
        <Notice tone="bad" className="m-4">
          {messageOf(sessions.error)}
        </Notice>
      ) : null}
      <ul className="divide-y divide-line">
        {sessions.data?.map((session) => {
          const Icon = /iPhone|Android/u.test(session.userAgent ?? "") ? MobileIcon : LaptopIcon;
          return (
            <li key={session.id} className="flex flex-wrap items-center gap-3 px-5 py-3.5">
              <Icon aria-hidden="true" className="text-faint" />
              <div className="min-w-0 flex-1">
                <p className="flex items-center gap-2 font-medium">
                  {programOf(session.userAgent)}
                  {session.current ? <Badge tone="good">{settingsText.current}</Badge> : null}
                </p>
                <p className="text-sm text-faint">
                  {[session.address, settingsText.since(formatRelative(session.createdAt))]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
              </div>
              {session.current ? null : (
                <Button size="sm" onClick={() => end.mutate(session.id)}>
                  {settingsText.end}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
