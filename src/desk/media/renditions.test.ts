import { readdir } from "node:fs/promises";
import sharp from "sharp";
import { expect } from "vitest";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";
import { type Uploaded, uploadFile } from "../../../test/support/upload.ts";

const test = base
  .extend("upload", ({ app, owner }) => async (bytes: Uint8Array, name = "photo.jpg"): Promise<Uploaded> => {
    const { status, body } = await uploadFile(app.app, { bytes, person: owner, name });
    expect(status).toBe(201);
    return body;
  })
  .extend("fetched", ({ app }) => async (media: Uploaded, more: string) => {
    const answer = await app.app.inject({ method: "GET", url: `${media.url}${more}` });
    return { status: answer.statusCode, type: answer.headers["content-type"], bytes: answer.rawPayload };
  })
  /** Every stored file of the workspace. */
  .extend("stored", ({ app }) => async (): Promise<string[]> => {
    const entries = await readdir(app.directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  });

/** Noise weighs as much as a photograph; each `sigma` is another picture. */
function noise(width: number, height: number, sigma: number) {
  return sharp({
    create: { width, height, channels: 3, background: "grey", noise: { type: "gaussian", mean: 128, sigma } },
  });
}

test("a picture comes as small as it is shown, made once, and goes with its image", async ({
  owner,
  upload,
  fetched,
  stored,
}) => {
  const before = (await stored()).length;
  const photo = await upload(await noise(1600, 1200, 30).jpeg().toBuffer());
  const small = await fetched(photo, "&width=160");
  expect(small).toMatchObject({ status: 200, type: "image/webp" });
  expect(await sharp(small.bytes).metadata()).toMatchObject({ width: 160, height: 120 });
  expect(small.bytes.length * 20).toBeLessThan(photo.bytes);
  expect((await stored()).length).toBe(before + 2);
  expect((await fetched(photo, "&width=160")).bytes.equals(small.bytes)).toBe(true);
  expect((await stored()).length).toBe(before + 2);

  expect(await owner.call("removeMedia", { params: { id: photo.id } })).toMatchObject({ status: 204 });
  expect((await stored()).length).toBe(before);
  expect((await fetched(photo, "&width=160")).status).toBe(404);
});

test("two who ask at once get the same, and an image is never made larger", async ({ upload, fetched }) => {
  const photo = await upload(await noise(300, 200, 20).png().toBuffer(), "photo.png");
  const [one, other] = await Promise.all([fetched(photo, "&width=960"), fetched(photo, "&width=960")]);
  expect(one.bytes.equals(other.bytes)).toBe(true);
  expect(await sharp(one.bytes).metadata()).toMatchObject({ width: 300 });
});

test("what would not become smaller is served as it is", async ({ upload, fetched }) => {
  const dot = await upload(
    await sharp({ create: { width: 2, height: 2, channels: 3, background: "teal" } })
      .png()
      .toBuffer(),
  );
  const answer = await fetched(dot, "&width=160");
  expect(answer.status).toBe(200);
  expect(answer.bytes.length).toBeLessThanOrEqual(dot.bytes);
  expect((await fetched(dot, "&width=160")).bytes.equals(answer.bytes)).toBe(true);
});

test("an animation goes on moving", async ({ upload, fetched }) => {
  const frames = await Promise.all([10, 40].map((sigma) => noise(400, 300, sigma).png().toBuffer()));
  const gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  const media = await upload(gif, "moving.gif");
  const { bytes } = await fetched(media, "&width=160");
  expect(await sharp(bytes, { animated: true }).metadata()).toMatchObject({ pages: 2, width: 160 });
});

test("there are few widths, and none without the image's own signature", async ({ upload, fetched }) => {
  const photo = await upload(await noise(200, 100, 10).jpeg().toBuffer());
  expect((await fetched(photo, "&width=161")).status).toBe(400);
  const unsigned = { ...photo, url: photo.url.replace(/signature=./u, "signature=_") };
  expect((await fetched(unsigned, "&width=160")).status).toBe(404);
});
