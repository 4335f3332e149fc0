import { CheckCircledIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useRef } from "react";
import { messageOf } from "../api/problem.ts";
import { useShortcuts } from "../lib/shortcuts.ts";
import { Empty, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { needsText } from "./messages.ts";
import { NeedCard } from "./need-card.tsx";
import { needKinds } from "./need-kinds.ts";
import { needsQuery } from "./queries.ts";

const route = getRouteApi("/shell/needs-you");

/** Everything that waits for a person, from all of the product, and answered where it stands. */
export function NeedsScreen() {
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: needs = [], isPending, error } = useQuery(needsQuery());
  const list = useRef<HTMLUListElement>(null);
  const shown = kind ? needs.filter((need) => need.kind === kind) : needs;

  function move(step: number): void {
    const items = [...(list.current?.children ?? [])].filter((item) => item instanceof HTMLElement);
    const at = items.findIndex((item) => item.contains(document.activeElement));
    items[at === -1 ? 0 : Math.min(items.length - 1, Math.max(0, at + step))]?.focus();
  }
  useShortcuts({ j: () => move(1), k: () => move(-1), o: openFocused });

  const options = needKinds.map((value) => {
    const count = needs.filter((need) => need.kind === value).length;
    return { value, label: <Label text={needsText.filters[value]} count={count} /> };
  });
  return (
    <Page width="narrow">
      <PageHeader title={needsText.title} lead={needsText.lead} />
      {error ? (
        <Notice tone="bad" className="mb-4">
          {messageOf(error)}
        </Notice>
      ) : null}
      {needs.length > 0 ? (
        <div className="mb-4 max-w-full overflow-x-auto [scrollbar-width:none]">
          <Segmented
            label={needsText.filter}
            value={kind ?? "all"}
            options={[
              { value: "all" as const, label: <Label text={needsText.all} count={needs.length} /> },
              ...options,
            ]}
            onChange={(value) =>
              void navigate({ search: value === "all" ? {} : { kind: value }, replace: true })
            }
          />
        </div>
      ) : null}
      {isPending ? <SkeletonRows rows={4} label={needsText.loading} /> : null}
      {!isPending && needs.length === 0 && !error ? (
        <Empty icon={<CheckCircledIcon />} title={needsText.emptyTitle}>
          {needsText.empty}
        </Empty>
      ) : null}
      {needs.length > 0 && shown.length === 0 ? (
        <Empty icon={<CheckCircledIcon />} title={needsText.noneTitle}>
          {needsText.none}
        </Empty>
      ) : null}
      <ul ref={list} aria-label={needsText.list} className="grid gap-3">
        {shown.map((need) => (
          <li
            key={need.id}
            data-need={need.kind}
            tabIndex={-1}
            className="rounded-xl outline-offset-2 focus-visible:outline-2 focus-visible:outline-accent"
          >
            <NeedCard need={need} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

/** What has the focus, by its first link. */
function openFocused(): void {
  document.activeElement?.closest("[data-need]")?.querySelector("a")?.click();
}

function Label({ text, count }: { text: string; count: number }) {
  return (
    <>
      {text} {count > 0 ? <span className="tabular text-faint">{count}</span> : null}
    </>
  );
}
