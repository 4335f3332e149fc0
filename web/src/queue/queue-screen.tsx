import { CalendarIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCan, useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import { channelsQuery } from "../channels/queries.ts";
import { PlanningNav } from "../planning/planning-nav.tsx";
import { Card, CardHeader, Empty, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { ChannelSlots } from "./channel-slots.tsx";
import { queueText } from "./messages.ts";
import { queueQuery, slotsQuery } from "./queries.ts";
import { Upcoming } from "./upcoming.tsx";

const fourWeeks = 28 * 86_400_000;

export function QueueScreen() {
  const { workspace } = useMe();
  const allowed = useCan("posts.publish");
  const [span] = useState(() => {
    const now = Date.now();
    return { from: new Date(now).toISOString(), to: new Date(now + fourWeeks).toISOString() };
  });
  const channels = useQuery(channelsQuery);
  const slots = useQuery(slotsQuery);
  const queue = useQuery(queueQuery(span.from, span.to));
  const failure = channels.error ?? slots.error ?? queue.error;
  const connected = (channels.data ?? []).filter(({ status }) => status !== "disconnected");
  const loaded = channels.isSuccess && slots.isSuccess && queue.isSuccess;

  return (
    <Page>
      <PlanningNav />
      <PageHeader title={queueText.title} lead={queueText.lead(workspace.timeZone.replaceAll("_", " "))} />
      {failure ? (
        <Notice tone="bad" className="mb-6">
          {messageOf(failure)}
        </Notice>
      ) : null}
      {loaded ? null : (
        <Card>
          <SkeletonRows label={queueText.loading} />
        </Card>
      )}
      {loaded ? (
        <div className="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
          <Card>
            <CardHeader title={queueText.upcoming} lead={queueText.upcomingLead} />
            {queue.data.length === 0 ? (
              <Empty icon={<CalendarIcon />} title={queueText.emptyTitle}>
                {queueText.empty}
              </Empty>
            ) : (
              <Upcoming items={queue.data} channels={connected} allowed={allowed} />
            )}
          </Card>
          <Card>
            <CardHeader title={queueText.slots} />
            {connected.length === 0 ? <p className="p-5 text-sm text-dim">{queueText.connect}</p> : null}
            <ul className="divide-y divide-line">
              {connected.map((channel) => (
                <ChannelSlots
                  key={channel.id}
                  channel={channel}
                  slots={slots.data.filter(({ channelId }) => channelId === channel.id)}
                  allowed={allowed}
                />
              ))}
            </ul>
          </Card>
        </div>
      ) : null}
    </Page>
  );
}
