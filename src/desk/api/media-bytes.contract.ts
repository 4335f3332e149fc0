import { z } from "zod";
import { contract } from "#platform/wire";
import { renditionWidths } from "../media/renditions.ts";

/** Files at signed addresses, outside `/api/v1`: for pages and platforms, and no part of the API. */
export const mediaBytesContract = contract({
  probeMedia: {
    method: "GET",
    path: "/media/probe",
    access: "public",
    summary: "Whether this address leads to where Galley's files are",
    tags: ["Media"],
    answers: { 200: z.object({ galley: z.literal("files") }) },
  },

  getMediaBytes: {
    method: "GET",
    path: "/media/:workspaceId/:sha256",
    access: "public",
    summary: "The bytes of a file, by signed address",
    tags: ["Media"],
    params: z.object({ workspaceId: z.uuid(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    query: z.object({
      signature: z.string().min(1).max(100),
      until: z.coerce.number().int().positive().optional(),
      as: z
        .literal("jpeg")
        .optional()
        .describe("The same picture as a JPEG, for platforms that take nothing else"),
      width: z.coerce
        .number()
        .int()
        .pipe(z.literal(renditionWidths))
        .optional()
        .describe("The same picture at most so many pixels wide, for pages that show it small"),
    }),
  },
});
