import { ArrowRightIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { needsText } from "./messages.ts";
import { needKinds, useOtherNeeds } from "./use-needs.ts";

/** On Home, which lists approvals itself: how much else needs a person, and the way there; nothing where nothing does. */
export function NeedsNotice() {
  const needs = useOtherNeeds().needs.filter(({ kind }) => kind !== "approval");
  if (needs.length === 0) return null;
  const parts = needKinds.flatMap((kind) => {
    const count = needs.filter((need) => need.kind === kind).length;
    return count > 0 ? [needsText.summary[kind](count)] : [];
  });
  return (
    <Notice
      tone="warn"
      className="mb-6"
      title={needsText.count(needs.length)}
      action={
        <Button asChild size="sm">
          <Link to="/needs-you">
            {needsText.open}
            <ArrowRightIcon aria-hidden="true" className="rtl:-scale-x-100" />
          </Link>
        </Button>
      }
    >
      {parts.join(" · ")}
    </Notice>
  );
}
