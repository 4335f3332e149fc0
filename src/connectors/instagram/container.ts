import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { ConnectorContext } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { readSettings, request } from "../meta-graph/index.ts";
import { platform, publishing, reading } from "./platform.ts";

/** What a container is made of; enough to make it anew when the first one has expired. */
export const recipeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("image"), url: z.url(), altText: z.string() }),
  z.object({ kind: z.literal("reel"), url: z.url() }),
  z.object({ kind: z.literal("carousel"), images: z.array(z.object({ url: z.url(), altText: z.string() })) }),
]);
export type Recipe = z.output<typeof recipeSchema>;

const createdSchema = z.object({ id: z.string().min(1) });

/** Makes the container, for a carousel one for each image first. Nobody sees any of it, and it ends after 24 hours. */
export async function createContainer(
  context: ConnectorContext,
  recipe: Recipe,
  caption: string,
): Promise<string> {
  const words: Record<string, string> = caption === "" ? {} : { caption };
  switch (recipe.kind) {
    case "image":
      return create(context, { image_url: recipe.url, ...altTextOf(recipe), ...words });
    case "reel":
      return create(context, { media_type: "REELS", video_url: recipe.url, ...words });
    case "carousel": {
      const children: string[] = [];
      for (const image of recipe.images) {
        const item = { image_url: image.url, is_carousel_item: "true", ...altTextOf(image) };
        children.push(await create(context, item));
      }
      return create(context, { media_type: "CAROUSEL", children: children.join(","), ...words });
    }
  }
}

function altTextOf({ altText }: { altText: string }): Record<string, string> {
  return altText === "" ? {} : { alt_text: altText };
}

async function create(context: ConnectorContext, params: Record<string, string>): Promise<string> {
  const path = `/${context.accountId}/media`;
  const call = { method: "POST", path, params } as const;
  return (await request(platform, context, createdSchema, publishing, call)).id;
}

const statusSchema = z.object({
  status_code: z.enum(["IN_PROGRESS", "FINISHED", "ERROR", "EXPIRED", "PUBLISHED"]),
  status: z.string().default(""),
});
export type ContainerStatus = z.output<typeof statusSchema>;

export function containerStatus(context: ConnectorContext, id: string): Promise<ContainerStatus> {
  return request(platform, context, statusSchema, reading, {
    method: "GET",
    path: `/${id}`,
    params: { fields: "id,status_code,status" },
  });
}

/** Asks until the container is no longer being processed, at most `forMs`; the last status either way. */
export async function settledStatus(
  context: ConnectorContext,
  id: string,
  forMs: number,
): Promise<ContainerStatus> {
  const { pollMs } = readSettings(platform, context.settings);
  const until = performance.now() + forMs;
  for (;;) {
    const status = await containerStatus(context, id);
    if (status.status_code !== "IN_PROGRESS" || performance.now() + pollMs > until) return status;
    await pause(pollMs, undefined, { signal: context.signal }).catch(gaveUp);
  }
}

function gaveUp(cause: unknown): never {
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "instagram.processing",
    message: "Instagram is still processing the file; Galley tries again.",
    cause,
  });
}

/** What Instagram has against a container, in plain words with what to do. */
export function unusable({ status }: ContainerStatus): ConnectorFailure {
  const words = status.replace(/^Error: *(?:\d+ *)?/, "").trim();
  return new ConnectorFailure({
    verdict: "rejected",
    code: "instagram.media_refused",
    message: `Instagram could not use this file: ${words === "" ? "it gave no reason." : words} Nothing was published. Check its format, size and length, upload it again, and publish the post once more.`,
    evidence: status.slice(0, 300),
  });
}
