import type { Plan } from "#connectors";

/** What is about to be sent: written durably before the call that sends it. */
export type Intent = {
  workspaceId: string;
  deliveryId: string;
  fence: number;
  /** The new attempt. */
  id: string;
  item: number;
  number: number;
  kind: "post" | "reply" | "comment";
  payloadHash: string;
  deadlineMs: number;
  windowMs: number;
  /** Lease beyond the deadline. */
  marginMs: number;
  /** Stored with the first intent; null where the row has one. */
  plan: Plan | null;
  itemHashes: string[] | null;
};
