import type { Actor } from "#kit";
import { GalleyError } from "#kit";
import type { ImportDeps } from "./deps.ts";
import type { LineMedia, LineProblem } from "./interpret.ts";

const largestImageBytes = 20_000_000;
const imageTimeoutMs = 30_000;

/** The id of each image that was fetched, or why it was not, by address. */
export type FetchedImages = Map<string, string | LineProblem>;

/**
 * Images by id, or fetched by address through the rules for outgoing connections; each once per import. What cannot
 * be fetched or is no image is a problem of the lines that name it.
 */
export async function attachImages(
  deps: ImportDeps,
  { actor, images, signal }: { actor: Actor; images: FetchedImages; signal: AbortSignal },
  media: LineMedia[],
): Promise<{ mediaId: string; altText: string }[] | LineProblem> {
  const attached = [];
  for (const one of media) {
    const { altText } = one;
    const found =
      "id" in one ? one.id : (images.get(one.url) ?? (await fetchImage(deps, actor, one, signal)));
    if ("url" in one) images.set(one.url, found);
    if (typeof found !== "string") return found;
    attached.push({ mediaId: found, altText });
  }
  return attached;
}

async function fetchImage(
  deps: ImportDeps,
  actor: Actor,
  { url, altText }: { url: string; altText: string },
  signal: AbortSignal,
): Promise<string | LineProblem> {
  const options = { maxBytes: largestImageBytes, timeoutMs: imageTimeoutMs, accept: "image/*", signal };
  const answer = await deps.http.fetchDocument(url, options).catch((error: unknown) => {
    if (signal.aborted || !(error instanceof GalleyError) || error.kind === "internal") throw error;
    return error;
  });
  if (answer instanceof GalleyError) return notFetched(`${url} could not be fetched: ${answer.message}`);
  if (answer.status !== 200) return notFetched(`${url} answered ${answer.status} instead of an image.`);
  const fileName = new URL(url).pathname.split("/").at(-1) || "image";
  const added = await deps.media.addBytes(actor, { bytes: answer.body, fileName, altText });
  return added.mediaId;
}

function notFetched(message: string): LineProblem {
  return { column: "media", message, severity: "error" };
}
