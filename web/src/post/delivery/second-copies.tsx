import { ExclamationTriangleIcon } from "@radix-ui/react-icons";
import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useMe } from "../../account/use-me.ts";
import { useRefresh } from "../../api/changes.ts";
import { call } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import type { Delivery } from "../../api/types.ts";
import { formatMoment } from "../../lib/format.ts";
import { Button } from "../../ui/button.tsx";
import { copyText } from "../messages.ts";
import { isTwice, openCopies } from "./open-copies.ts";
import { Address } from "./what-galley-saw.tsx";

/** Posts that came up after their absence was believed, with what to do about each; nothing where none is open. */
export function SecondCopies({ delivery, allowed }: { delivery: Delivery; allowed: boolean }) {
  return openCopies(delivery).map((copy) => (
    <SecondCopy key={copy.id} copy={copy} delivery={delivery} allowed={allowed} />
  ));
}

type SecondCopyProps = { copy: Delivery["secondCopies"][number]; delivery: Delivery; allowed: boolean };

function SecondCopy({ copy, delivery, allowed }: SecondCopyProps) {
  const { workspace } = useMe();
  const acknowledge = useAcknowledge(copy.id);
  const twice = isTwice(delivery, copy);
  return (
    <div className="border-t border-line bg-warn-soft px-4 py-4 text-sm text-warn-ink">
      <p className="flex items-center gap-2 text-base font-semibold">
        <ExclamationTriangleIcon aria-hidden="true" />
        {twice ? copyText.twice : copyText.cameUp}
      </p>
      <p className="mt-1 max-w-prose">{twice ? copyText.twiceLead : copyText.cameUpLead}</p>
      <ul aria-label={copyText.list} className="mt-2 grid gap-1">
        {twice ? (
          <li>
            {copyText.own} <Address url={copy.ownUrl} />
          </li>
        ) : null}
        <li>
          {copyText.found(formatMoment(copy.foundAt, workspace.timeZone))} <Address url={copy.url} />
        </li>
      </ul>
      <p className="mt-2 max-w-prose">{twice ? copyText.twiceTodo : copyText.cameUpTodo}</p>
      <Button
        className="mt-3"
        variant="primary"
        disabled={!allowed}
        busy={acknowledge.isPending}
        onClick={() => acknowledge.mutate()}
      >
        {copyText.done}
      </Button>
    </div>
  );
}

function useAcknowledge(id: string) {
  return useMutation({
    mutationFn: () => call("acknowledgeSecondCopy", { params: { id } }),
    onSuccess: () => toast.success(copyText.acknowledged),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("delivery"),
  });
}
