import { z } from "zod";
import type { JsonObject } from "#kit";
import { withLink } from "../checks.ts";
import type {
  ConnectorContext,
  DeliveryInput,
  MediaFile,
  OptionField,
  Plan,
  PlanItem,
  VariantContent,
} from "../contract.ts";
import { mediaKind } from "../media-checks.ts";
import { littleText } from "./little-text.ts";
import { uploadFile } from "./media.ts";

const visibilities = { Anyone: "PUBLIC", "Connections only": "CONNECTIONS", "LinkedIn members": "LOGGED_IN" };
const asCard = "A card";
const inText = "In the text";

function text(key: string, label: string, maxLength: number, help: string): OptionField {
  return { key, label, kind: "text", choices: [], required: false, maxLength, help };
}

/** The composer's fields; a Page has no connections. */
export function optionsFor(kind: "profile" | "page"): OptionField[] {
  const choices = Object.keys(visibilities).filter(
    (name) => kind === "profile" || name !== "Connections only",
  );
  return [
    {
      key: "visibility",
      label: "Who sees it",
      kind: "choice",
      choices,
      required: false,
      maxLength: 30,
      help: "Anyone, where nothing is chosen.",
    },
    {
      key: "linkAs",
      label: "Show the link as",
      kind: "choice",
      choices: [asCard, inText],
      required: false,
      maxLength: 30,
      help: "A card, where nothing is chosen and the post has no files. A card can carry one image as its picture.",
    },
    text(
      "linkTitle",
      "Title of the link's card",
      200,
      "LinkedIn does not read it from the page; without it, the card shows the site's name.",
    ),
    text("linkDescription", "Description on the link's card", 500, ""),
    text(
      "mediaTitle",
      "Title of the video or document",
      200,
      "Shown above a document. Without it, the first line of the text.",
    ),
  ];
}

function option(variant: VariantContent, key: string): string {
  const value = variant.options[key];
  return typeof value === "string" ? value.trim() : "";
}

/** Whether the link becomes a card beneath the text instead of a part of it. */
export function hasCard(variant: VariantContent): boolean {
  if (variant.link === null) return false;
  const chosen = option(variant, "linkAs");
  return chosen === asCard || (chosen === "" && variant.media.length === 0);
}

/** The text, with the link after it where that is no card. There is one part; more are an error told elsewhere. */
export function composed(variant: VariantContent): string[] {
  if (hasCard(variant)) return variant.parts;
  const [first, ...others] = variant.parts;
  return first === undefined ? [] : [...withLink({ ...variant, parts: [first] }), ...others];
}

/** Of the body of `POST /rest/posts`, which is what the plan keeps, the fields that are looked at. */
export const postSchema = z.object({
  author: z.string(),
  commentary: z.string(),
  content: z
    .object({
      media: z.object({ id: z.string() }).optional(),
      multiImage: z.object({ images: z.array(z.object({ id: z.string() })) }).optional(),
      article: z.object({ source: z.string(), thumbnail: z.string().optional() }).optional(),
    })
    .optional(),
});
export type PlannedPost = z.output<typeof postSchema>;

/** Uploads the files and writes down the request, all but the parent of a comment. */
export async function planPost(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant } = delivery;
  const uploaded: { urn: string; file: MediaFile }[] = [];
  for (const file of delivery.media) uploaded.push({ urn: await uploadFile(context, file), file });
  const content = contentOf(variant, uploaded);
  const visibility = z
    .enum(Object.keys(visibilities) as (keyof typeof visibilities)[])
    .safeParse(option(variant, "visibility"));
  const post: JsonObject = {
    author: context.accountId,
    commentary: littleText(composed(variant).join("\n\n")),
    visibility: visibilities[visibility.data ?? "Anyone"],
    distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
    ...(content === null ? {} : { content }),
    lifecycleState: "PUBLISHED",
    isReshareDisabledByAuthor: false,
  };
  const items: PlanItem[] = [{ kind: "post", payload: post }];
  if (variant.firstComment !== null) {
    items.push({ kind: "comment", payload: { actor: context.accountId, text: variant.firstComment } });
  }
  return { items };
}

function contentOf(variant: VariantContent, uploaded: { urn: string; file: MediaFile }[]): JsonObject | null {
  if (hasCard(variant)) return { article: articleOf(variant, uploaded[0]?.urn) };
  const [first, ...others] = uploaded;
  if (!first) return null;
  if (others.length > 0)
    return { multiImage: { images: uploaded.map(({ urn, file }) => described(urn, file)) } };
  const titled = mediaKind(first.file.mimeType) !== "image";
  return { media: { ...described(first.urn, first.file), ...(titled ? { title: titleOf(variant) } : {}) } };
}

function described(id: string, { altText }: MediaFile): JsonObject {
  return altText === "" ? { id } : { id, altText };
}

function articleOf(variant: VariantContent, thumbnail: string | undefined): JsonObject {
  const source = variant.link ?? "";
  const title = option(variant, "linkTitle");
  const description = option(variant, "linkDescription");
  return {
    source,
    title: title === "" ? (URL.parse(source)?.hostname ?? source) : title,
    ...(description === "" ? {} : { description }),
    ...(thumbnail === undefined ? {} : { thumbnail }),
  };
}

function titleOf(variant: VariantContent): string {
  const chosen = option(variant, "mediaTitle");
  if (chosen !== "") return chosen;
  const line = (variant.parts[0] ?? "").trim().split("\n")[0] ?? "";
  return Array.from(line).slice(0, 100).join("").trim() || "Document";
}

/** The URNs that a planned post carries. */
export function mediaIn({ content }: PlannedPost): string[] {
  if (content?.media) return [content.media.id];
  if (content?.multiImage) return content.multiImage.images.map(({ id }) => id);
  return content?.article?.thumbnail === undefined ? [] : [content.article.thumbnail];
}
