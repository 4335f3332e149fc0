import { z } from "zod";
import { instant } from "#platform/wire";
import { mostBytes } from "../import/columns.ts";
import { importStates, lineStates } from "../import/import-states.ts";

/** `content`: the file's bytes in base64, so that its encoding survives. `zone`: of lines that name none. */
export const uploadBody = z.object({
  fileName: z.string().min(1).max(300),
  content: z.base64().max(Math.ceil((mostBytes * 4) / 3) + 1000),
  zone: z.string().min(1).max(100).nullable().default(null),
});

export const imported = z.object({
  id: z.uuid(),
  fileName: z.string(),
  zone: z.string(),
  state: z.enum(importStates),
  notice: z.string().nullable(),
  lines: z.int(),
  counts: z.object({
    waiting: z.int(),
    ready: z.int(),
    broken: z.int(),
    repeated: z.int(),
    made: z.int(),
  }),
  createdAt: instant,
});
export const importList = z.object({ items: z.array(imported) });

export const linesQuery = z.object({
  /** Lines below this one. */
  after: z.coerce.number<number>().int().min(0).default(0),
  limit: z.coerce.number<number>().int().min(1).max(500).default(100),
  state: z.enum(lineStates).optional(),
});
export const lineList = z.object({
  items: z.array(
    z.object({
      line: z.int(),
      state: z.enum(lineStates),
      problems: z.array(
        z.object({ column: z.string(), message: z.string(), severity: z.enum(["error", "warning"]) }),
      ),
      preview: z
        .object({
          title: z.string(),
          excerpt: z.string(),
          channels: z.array(z.string()),
          when: z.string().nullable(),
        })
        .nullable(),
      postId: z.uuid().nullable(),
    }),
  ),
  /** The last line of this page, to go on after; null: there are no more. */
  next: z.int().nullable(),
});
