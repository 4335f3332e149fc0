import { CalendarIcon, DotsHorizontalIcon, PauseIcon, Pencil1Icon, PlayIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { toast } from "sonner";
import { call } from "../api/client.ts";
import type { Series } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { seriesText } from "./messages.ts";
import { useSeriesStep } from "./mutations.ts";
import { RuleDialog } from "./rule-dialog.tsx";

/** What can be done with a series now. */
export function SeriesActions({ series }: { series: Series }) {
  const [open, setOpen] = useState<"rule" | "end" | "remove" | null>(null);
  const act = useSeriesStep(series.id);
  const can = (action: Series["allowed"][number]) => series.allowed.includes(action);

  return (
    <>
      {can("change") ? (
        <>
          <Button asChild>
            <Link to="/posts/$postId/edit" params={{ postId: series.templateId }}>
              <Pencil1Icon aria-hidden="true" />
              {seriesText.editTemplate}
            </Link>
          </Button>
          <Button onClick={() => setOpen("rule")}>
            <CalendarIcon aria-hidden="true" />
            {seriesText.changeRule}
          </Button>
        </>
      ) : null}
      {can("pause") ? (
        <Button busy={act.isPending} onClick={() => act.mutate("pause")}>
          <PauseIcon aria-hidden="true" />
          {seriesText.pause}
        </Button>
      ) : null}
      {can("resume") ? (
        <Button variant="primary" busy={act.isPending} onClick={() => act.mutate("resume")}>
          <PlayIcon aria-hidden="true" />
          {seriesText.resume}
        </Button>
      ) : null}
      {can("end") || can("remove") ? (
        <Menu
          trigger={
            <Button variant="ghost" size="icon" aria-label={seriesText.more}>
              <DotsHorizontalIcon />
            </Button>
          }
        >
          <MenuItem danger disabled={!can("end")} onSelect={() => setOpen("end")}>
            {seriesText.end}
          </MenuItem>
          <MenuItem danger disabled={!can("remove")} onSelect={() => setOpen("remove")}>
            {seriesText.remove}
          </MenuItem>
        </Menu>
      ) : null}
      {open === "rule" ? (
        <RuleDialog
          title={seriesText.changeTitle}
          lead={seriesText.changeLead}
          action={seriesText.save}
          rule={series.rule}
          ahead={series.ahead}
          onClose={() => setOpen(null)}
          onSave={(rule, ahead) => call("changeSeries", { params: { id: series.id }, body: { rule, ahead } })}
          onSaved={() => {
            setOpen(null);
            toast.success(seriesText.saved);
          }}
        />
      ) : null}
      <Confirm
        open={open === "end"}
        onOpenChange={() => setOpen(null)}
        title={seriesText.endTitle}
        description={seriesText.endLead}
        action={seriesText.end}
        cancel={seriesText.keep}
        onConfirm={() => act.mutate("end")}
      />
      <Confirm
        open={open === "remove"}
        onOpenChange={() => setOpen(null)}
        title={seriesText.removeTitle}
        description={seriesText.removeLead}
        action={seriesText.remove}
        cancel={seriesText.keep}
        onConfirm={() => act.mutate("remove")}
      />
    </>
  );
}
