import { ArrowRightIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { needsText } from "./messages.ts";
import { needKinds } from "./need-kinds.ts";
import { needCountsQuery } from "./queries.ts";

/** On Home, which lists approvals itself: how much else needs a person, and the way there; nothing where nothing does. */
export function NeedsNotice() {
  const counts = useQuery(needCountsQuery).data?.counts;
  if (!counts) return null;
  const kinds = needKinds.filter((kind) => kind !== "approval" && counts[kind] > 0);
  if (kinds.length === 0) return null;
  const count = kinds.reduce((sum, kind) => sum + counts[kind], 0);
  return (
    <Notice
      tone="warn"
      className="mb-6"
      title={needsText.count(count)}
      action={
        <Button asChild size="sm">
          <Link to="/needs-you">
            {needsText.open}
            <ArrowRightIcon aria-hidden="true" className="rtl:-scale-x-100" />
          </Link>
        </Button>
      }
    >
      {kinds.map((kind) => needsText.summary[kind](counts[kind])).join(" · ")}
    </Notice>
  );
}
