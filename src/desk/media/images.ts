import type { Sharp } from "sharp";
import { DeskError } from "../model/errors.ts";
import { mimeTypeOf } from "./file-type.ts";

/** An image as it is kept: decoded and written anew by us, so that nothing else hides in the file. */
type Image = { bytes: Uint8Array; mimeType: string; width: number; height: number };

export type Images = {
  clean(bytes: Uint8Array): Promise<Image>;
  /** A kept picture as a JPEG, what is transparent on white; of moving ones the first image. */
  asJpeg(bytes: Uint8Array): Promise<Uint8Array>;
  /** A kept picture at most so many pixels wide, as WebP; what moves goes on moving. */
  atWidth(bytes: Uint8Array, width: number): Promise<{ bytes: Uint8Array; mimeType: string }>;
};

/** What may be uploaded. SVG is a document with scripts, not a picture. */
const accepted = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);

/**
 * Cleans uploads one after the other, because a decoded image is large.
 *
 * @param options.maxPixels width x height x frames above which an image is refused before it is decoded
 */
export function createImages({ maxPixels }: { maxPixels: number }): Images {
  let previous: Promise<unknown> = Promise.resolve();
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const current = previous.then(work);
    previous = current.catch(() => null);
    return current;
  }
  return {
    clean: (bytes) => inTurn(() => cleanImage(bytes, maxPixels)),
    asJpeg: (bytes) => inTurn(() => encodeJpeg(bytes, maxPixels)),
    atWidth: (bytes, width) => inTurn(() => shrink(bytes, width, maxPixels)),
  };
}

/** Less effort than the encoder can make: it runs while somebody waits for the picture. */
async function shrink(bytes: Uint8Array, width: number, maxPixels: number) {
  const { default: sharp } = await import("sharp");
  const picture = sharp(bytes, { animated: true, limitInputPixels: maxPixels, sequentialRead: true });
  const made = picture.resize({ width, withoutEnlargement: true }).webp({ quality: 78, effort: 2 });
  return { bytes: await made.toBuffer(), mimeType: "image/webp" };
}

/** @throws DeskError `desk.image_type` */
async function encodeJpeg(bytes: Uint8Array, maxPixels: number): Promise<Uint8Array> {
  const type = await mimeTypeOf(bytes);
  if (type === null || !accepted.has(type)) throw wrongType(type);
  const { default: sharp } = await import("sharp");
  const picture = sharp(bytes, { limitInputPixels: maxPixels, sequentialRead: true });
  return picture.flatten({ background: "white" }).jpeg({ quality: 90 }).toBuffer();
}

/**
 * Turns the picture upright, drops metadata (places, cameras, names) and encodes it anew. JPEG, PNG, WebP
 * and GIF stay what they are; AVIF, which no platform takes, becomes JPEG, or PNG where it is transparent.
 *
 * @throws DeskError `desk.image_type`, `desk.image_pixels`, `desk.image_broken`
 */
async function cleanImage(bytes: Uint8Array, maxPixels: number): Promise<Image> {
  const type = await mimeTypeOf(bytes);
  if (type === null || !accepted.has(type)) throw wrongType(type);
  // Loaded with the first upload: its native library is a third of an idle server's memory.
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  const animated = type === "image/gif" || type === "image/webp";
  try {
    // Reads the header alone, so that the limit can be explained before anything is decoded.
    const header = await sharp(bytes, { animated, limitInputPixels: false }).metadata();
    const pixels = header.width * header.height;
    if (pixels > maxPixels) throw tooManyPixels(header, maxPixels);
    const picture = sharp(bytes, {
      animated,
      limitInputPixels: maxPixels,
      sequentialRead: true,
      failOn: "error",
    });
    const { data, info } = await encode(picture.autoOrient(), type, header.hasAlpha).toBuffer({
      resolveWithObject: true,
    });
    return {
      bytes: data,
      mimeType: mimeTypes[info.format] ?? `image/${info.format}`,
      width: info.width,
      height: info.pageHeight ?? info.height,
    };
  } catch (error) {
    if (error instanceof DeskError) throw error;
    throw new DeskError({
      code: "desk.image_broken",
      kind: "unprocessable",
      message: "This image is damaged and cannot be opened; save it again and upload it once more.",
      cause: error,
    });
  }
}

const mimeTypes: Record<string, string> = {
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
};

function encode(picture: Sharp, mimeType: string, transparent: boolean): Sharp {
  if (mimeType === "image/webp") return picture.webp({ quality: 90 });
  if (mimeType === "image/gif") return picture.gif();
  if (mimeType === "image/png" || transparent) return picture.png();
  return picture.jpeg({ quality: 90 });
}

export function wrongType(found: string | null): DeskError {
  return new DeskError({
    code: "desk.image_type",
    kind: "unprocessable",
    message: `${found ? `This file is ${found}` : "This file is no image that Galley knows"}; upload JPEG, PNG, WebP, GIF or AVIF.`,
    problems: [{ path: "/file", code: "desk.image_type", message: "Not an accepted image type." }],
  });
}

function tooManyPixels(size: { width: number; height: number }, maxPixels: number): DeskError {
  return new DeskError({
    code: "desk.image_pixels",
    kind: "unprocessable",
    message: `This image has ${size.width} x ${size.height} pixels (${millions(size.width * size.height)}); at most ${millions(maxPixels)} are accepted. Scale it down.`,
    problems: [{ path: "/file", code: "desk.image_pixels", message: "Too many pixels." }],
  });
}

function millions(pixels: number): string {
  return `${Math.round(pixels / 1e6)} million`;
}
