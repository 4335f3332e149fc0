import { z } from "zod";

/** `?limit=&cursor=`; a cursor is opaque to clients. */
export const pageQuery = z.object({
  limit: z.int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});

/** A page of a list: `next` is null on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** An instant on the wire: RFC 3339 with an offset. */
export const instant = z.iso.datetime({ offset: true });

/** A page of an audit log, newest first, by these kinds of actors. */
export function auditPageOf<const Kinds extends readonly [string, ...string[]]>(kinds: Kinds) {
  return pageOf(
    z.object({
      id: z.uuid(),
      at: instant,
      actor: z.object({
        kind: z.enum(kinds),
        userId: z.uuid().nullable(),
        name: z.string().nullable(),
      }),
      action: z.string(),
      target: z.object({ kind: z.string(), id: z.string() }).nullable(),
      details: z.unknown(),
      requestId: z.string().nullable(),
    }),
  );
}

export const idParams = z.object({ id: z.uuid() });
