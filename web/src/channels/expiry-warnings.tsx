import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCan } from "../account/use-me.ts";
import type { ExpiryWarning } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { channelsText } from "./messages.ts";
import { useDismissWarning } from "./mutations.ts";
import { expiryWarningsQuery, platformsQuery } from "./queries.ts";

/** What ends within two weeks and only a person can renew, above the page; nothing where there is nothing. */
export function ExpiryWarnings() {
  const { data: warnings = [] } = useQuery(expiryWarningsQuery);
  if (warnings.length === 0) return null;
  return (
    <div className="mb-4 grid gap-2">
      {warnings.map((warning) => (
        <ExpiryNotice key={warning.id} warning={warning} />
      ))}
    </div>
  );
}

export function ExpiryNotice({ warning }: { warning: ExpiryWarning }) {
  const allowed = useCan("channels.manage");
  const { data: platforms = [] } = useQuery(platformsQuery);
  const dismiss = useDismissWarning();
  const platform = platforms.find(({ id }) => id === warning.connector)?.name ?? warning.connector;
  const whose = warning.handle ? `${platform} ${warning.handle}` : platform;
  return (
    <Notice
      tone="warn"
      title={channelsText.ends[warning.subject](whose, warning.endsAt.slice(0, 10))}
      action={
        allowed ? (
          <span className="flex gap-1">
            <Button size="sm" asChild>
              <Link to="/channels/doctor">{channelsText.lookAtIt}</Link>
            </Button>
            <Button size="sm" variant="ghost" onClick={() => dismiss.mutate(warning.id)}>
              {channelsText.dismiss}
            </Button>
          </span>
        ) : null
      }
    >
      {channelsText.endsFix[warning.subject]}
    </Notice>
  );
}
