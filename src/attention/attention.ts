import type { Channels } from "#channels";
import type { DeliveryView } from "#delivery";
import type { Deliveries } from "#delivery";
import type { Actor } from "#kit";
import { can } from "#workspaces";
import type { Database } from "#platform/db";
import {
  type Attention as Found,
  needKinds,
  type NeedKind,
  type NeedRow,
  readAttention,
} from "./attention.read.ts";

export type AttentionOptions = {
  database: Database;
  channels: Pick<Channels, "warnings">;
  deliveries: Pick<Deliveries, "byIds">;
};

/** One thing that waits for a person; a delivery comes with all that its question is about. */
export type Need = NeedRow & {
  delivery: DeliveryView | null;
  /** Of a warning: when it ends, and how many days before it was told. */
  warning: { endsAt: Date; days: number } | null;
};

export type AttentionPage = {
  counts: Found["counts"];
  items: Need[];
  /** Whether there is more behind the last one. */
  hasMore: boolean;
};

export type Attention = {
  /** What waits for this person: counted over all, listed from behind `after` on. */
  list(
    actor: Actor,
    page: { kinds?: readonly NeedKind[]; limit: number; after: { kind: NeedKind; id: string } | null },
  ): Promise<AttentionPage>;
};

/** What waits for whom, from all of the product. */
export function createAttention({ database, channels, deliveries }: AttentionOptions): Attention {
  return {
    async list({ workspaceId, userId, role }, { kinds = needKinds, limit, after }) {
      const warnings = new Map(
        (await channels.warnings(workspaceId)).map((warning) => [warning.id, warning]),
      );
      const { counts, items } = await readAttention(database, {
        workspaceId,
        viewerId: userId,
        mayApprove: can(role, "posts.approve"),
        warningIds: [...warnings.keys()],
        kinds,
        limit: limit + 1,
        after,
      });
      const shown = items.slice(0, limit);
      const asked = shown.filter(({ what }) => what === "delivery").map(({ id }) => id);
      const views = new Map((await deliveries.byIds(workspaceId, asked)).map((view) => [view.id, view]));
      return {
        counts,
        hasMore: items.length > limit,
        items: shown.map((row) => ({
          ...row,
          delivery: views.get(row.id) ?? null,
          warning: warnings.get(row.id) ?? null,
        })),
      };
    },
  };
}
