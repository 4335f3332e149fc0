import { sql } from "kysely";

/** A post that equals an item, that nobody owns, and that came up after its absence was believed. Instants are ISO text. */
export type SecondCopyView = {
  id: string;
  item: number;
  url: string | null;
  /** Where the item is that Galley knows of; null where it is not live as far as Galley knows. */
  ownUrl: string | null;
  /** By the platform's clock. */
  createdAt: string;
  foundAt: string;
  /** When a person said that it is settled; null: somebody is still asked. */
  acknowledgedAt: string | null;
};

/** Of `deliveries d`: its second copies as JSON, the first found first. */
export const secondCopiesOf = sql`coalesce((
  select jsonb_agg(jsonb_build_object('id', s.id, 'item', s.item, 'url', s.external_url,
    'ownUrl', (select a.external_url from delivery_attempts a
      where a.delivery_id = s.delivery_id and a.item = s.item and a.state = 'confirmed'),
    'createdAt', s.external_created_at, 'foundAt', s.found_at, 'acknowledgedAt', s.acknowledged_at)
    order by s.found_at, s.id)
  from delivery_second_copies s where s.workspace_id = d.workspace_id and s.delivery_id = d.id), '[]')`;

/** Of `deliveries d`: a second copy is out, and nobody has said that it is settled. */
export const hasOpenCopy = sql`exists (
  select from delivery_second_copies s
  where s.workspace_id = d.workspace_id and s.delivery_id = d.id and s.acknowledged_at is null)`;
