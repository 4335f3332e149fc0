import { CheckIcon } from "@radix-ui/react-icons";
import { useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { Series } from "../api/types.ts";
import { formatMoment } from "../lib/format.ts";
import { UndoApproval } from "../post/actions/undo-approval.tsx";
import { DecidingButton } from "../ui/deciding-button.tsx";
import { Card } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { seriesText } from "./messages.ts";
import { useApproveSeries } from "./mutations.ts";

/** Who approved it, or the one step that makes it go out. */
export function SeriesApproval({ series }: { series: Series }) {
  const { workspace } = useMe();
  const approve = useApproveSeries(series.id);
  const { approval } = series;
  if (series.approved && approval) {
    const name = approval.decidedBy?.name ?? seriesText.someone;
    const when = formatMoment(approval.decidedAt, workspace.timeZone);
    const undo = <UndoApproval undo="undoSeriesApproval" id={series.id} undoUntil={series.undoUntil} />;
    return (
      <Notice tone="good" action={undo}>
        {seriesText.approvedBy(name, when)}
      </Notice>
    );
  }
  if (series.state === "ended") return null;
  const refused = series.refused.find(({ action }) => action === "approve");
  return (
    <Card className="p-5">
      <h2 className="text-base font-semibold">{seriesText.approvalTitle}</h2>
      <p className="mt-1 max-w-prose text-sm text-dim">{seriesText.approvalLead}</p>
      {approval?.voidedReason ? (
        <p className="mt-2 text-sm text-warn-ink">{seriesText.voided(approval.voidedReason)}</p>
      ) : null}
      {refused ? <p className="mt-3 text-sm text-dim">{refused.reason}</p> : null}
      {approve.isError ? (
        <Notice tone="bad" className="mt-3">
          {messageOf(approve.error)}
        </Notice>
      ) : null}
      <DecidingButton
        variant="primary"
        size="lg"
        className="mt-4"
        disabled={refused !== undefined}
        busy={approve.isPending}
        question={{
          title: seriesText.approveTitle(series.title),
          description: seriesText.approvalLead,
          action: seriesText.approve,
          cancel: seriesText.notYet,
        }}
        seen={series.boundHash}
        onDecide={approve.mutate}
      >
        <CheckIcon aria-hidden="true" />
        {seriesText.approve}
      </DecidingButton>
    </Card>
  );
}
