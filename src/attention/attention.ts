import type { Channels } from "#channels";
import type { Deliveries, DeliveryView } from "#delivery";
import type { Desk, PostSummary, SeriesSummary } from "#desk";
import type { Actor } from "#kit";
import type { Database } from "#platform/db";
import { can } from "#workspaces";
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
  desk: Pick<Desk, "byIds"> & { series: Pick<Desk["series"], "list"> };
};

type Warning = Awaited<ReturnType<Channels["warnings"]>>[number];

/** One thing that waits for a person, with what it is about as its own list shows it. */
export type Need = NeedRow & {
  delivery: DeliveryView | null;
  warning: Warning | null;
  post: PostSummary | null;
  series: SeriesSummary | null;
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
export function createAttention({ database, channels, deliveries, desk }: AttentionOptions): Attention {
  return {
    async list(actor, { kinds = needKinds, limit, after }) {
      const { workspaceId, userId, role } = actor;
      const warnings = byId(await channels.warnings(workspaceId));
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
      const idsOf = (wanted: NeedRow["what"]) =>
        shown.filter(({ what }) => what === wanted).map(({ id }) => id);
      const [views, posts, series] = await Promise.all([
        deliveries.byIds(workspaceId, idsOf("delivery")).then(byId),
        desk.byIds(actor, idsOf("post")).then(byId),
        idsOf("series").length > 0 ? desk.series.list(actor).then(byId) : null,
      ]);
      return {
        counts,
        hasMore: items.length > limit,
        items: shown.map((row) => ({
          ...row,
          delivery: views.get(row.id) ?? null,
          warning: warnings.get(row.id) ?? null,
          post: posts.get(row.id) ?? null,
          series: series?.get(row.id) ?? null,
        })),
      };
    },
  };
}

function byId<Row extends { id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
