import { BarChartIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../api/problem.ts";
import type { Usage, UsageTotal } from "../api/types.ts";
import { formatDuration, formatMoney, formatNumber } from "../lib/format.ts";
import { Card, Empty, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { byModel } from "./by-model.ts";
import { usageText } from "./messages.ts";
import { usageQuery } from "./queries.ts";

const ranges = ["7", "30", "90"] as const;

export function UsageScreen() {
  const [days, setDays] = useState<(typeof ranges)[number]>("30");
  const usage = useQuery(usageQuery(Number(days)));
  return (
    <Page>
      <PageHeader
        title={usageText.title}
        lead={usageText.lead}
        actions={
          <Segmented
            label={usageText.range}
            value={days}
            options={ranges.map((value) => ({ value, label: usageText.ranges[value] }))}
            onChange={setDays}
          />
        }
      />
      {usage.isPending ? (
        <Card>
          <SkeletonRows rows={4} label={usageText.loading} />
        </Card>
      ) : null}
      {usage.isError ? <Notice tone="bad">{messageOf(usage.error)}</Notice> : null}
      {usage.data ? <LoadedUsage usage={usage.data} /> : null}
    </Page>
  );
}

function LoadedUsage({ usage }: { usage: Usage }) {
  if (usage.total.calls === 0) {
    return (
      <Card>
        <Empty icon={<BarChartIcon />} title={usageText.emptyTitle}>
          {usageText.empty}
        </Empty>
      </Card>
    );
  }
  const { total } = usage;
  return (
    <>
      <dl className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure label={usageText.cost} value={costOf(total)} note={unpricedNote(total)} />
        <Figure
          label={usageText.calls}
          value={formatNumber(total.calls)}
          note={total.failed > 0 ? usageText.failed(total.failed) : null}
        />
        <Figure label={usageText.input} value={formatNumber(total.inputTokens)} note={null} />
        <Figure label={usageText.output} value={formatNumber(total.outputTokens)} note={null} />
      </dl>
      <Card className="overflow-x-auto">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line text-start text-xs text-faint [&>th]:px-5 [&>th]:py-2.5 [&>th]:font-medium">
              <th scope="col">{usageText.model}</th>
              <th scope="col">{usageText.operation}</th>
              <th scope="col" className="text-end">
                {usageText.calls}
              </th>
              <th scope="col" className="text-end">
                {usageText.input}
              </th>
              <th scope="col" className="text-end">
                {usageText.output}
              </th>
              <th scope="col" className="text-end">
                {usageText.time}
              </th>
              <th scope="col" className="text-end">
                {usageText.cost}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {byModel(usage.items).map((row) => (
              <tr
                key={`${row.provider}/${row.model}/${row.operation}`}
                className="tabular [&>td]:px-5 [&>td]:py-3"
              >
                <td>
                  <span className="font-medium">{row.model}</span>
                  <span className="block text-xs text-faint">{row.provider}</span>
                </td>
                <td>{row.operation}</td>
                <td className="text-end">{formatNumber(row.calls)}</td>
                <td className="text-end">{formatNumber(row.inputTokens)}</td>
                <td className="text-end">{formatNumber(row.outputTokens)}</td>
                <td className="text-end">{formatDuration(row.durationMs)}</td>
                <td className="text-end">{costOf(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </>
  );
}

function costOf(total: UsageTotal): string {
  return total.unpriced === total.calls ? usageText.unknown : formatMoney(total.cost);
}

function unpricedNote(total: UsageTotal): string | null {
  return total.unpriced > 0 && total.unpriced < total.calls ? usageText.unpriced(total.unpriced) : null;
}

function Figure({ label, value, note }: { label: string; value: string; note: string | null }) {
  return (
    <Card className="px-5 py-4">
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="tabular mt-1 text-xl font-semibold tracking-tight">
        {value}
        {note ? <span className="block text-xs font-normal text-faint">{note}</span> : null}
      </dd>
    </Card>
  );
}
