import type { Connector } from "#connectors";
import type { Channel } from "../model/channel.ts";

export const dayMs = 86_400_000;

/** What ends and needs a person: `access` cannot be renewed, `consent` ends however often it is renewed. */
export type Ending = { subject: "access" | "consent" | "secret" | "api_version"; key: string; endsAt: Date };

/** Days before an end on which people are warned, the latest first. */
const warningDays = [1, 7, 14];

/** The closest of 14, 7 and 1 days that has come; null while there is more time. */
export function warningDue(endsAt: Date, now: Date): number | null {
  const left = endsAt.getTime() - now.getTime();
  return warningDays.find((days) => left <= days * dayMs) ?? null;
}

/** What of a connected channel ends and only its person can renew. */
export function endingsOf(connector: Connector, channel: Channel): Ending[] {
  if (channel.status !== "connected") return [];
  const endings: Ending[] = [];
  if (channel.endsAt) endings.push({ subject: "consent", key: channel.id, endsAt: channel.endsAt });
  const isRenewed = connector.connect.refresh !== null;
  if (channel.expiresAt && !isRenewed) {
    endings.push({ subject: "access", key: channel.id, endsAt: channel.expiresAt });
  }
  return endings;
}
