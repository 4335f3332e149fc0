import { readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect } from "vitest";
import { newId } from "#kit";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";
import { pictureOf } from "../../../test/support/media-files.ts";
import { uploadFile } from "../../../test/support/upload.ts";

const test = base
  .extend("person", { scope: "file" }, ({ owner }) => owner)
  .extend("files", { scope: "file" }, async () => {
    const wide = await pictureOf(60, 30).png().toBuffer();
    const tall = await pictureOf(30, 60).png().toBuffer();
    const length = Math.max(wide.length, tall.length) + 10;
    const [first = wide, second = tall] = [wide, tall].map((it) =>
      Buffer.concat([it, Buffer.alloc(length - it.length)]),
    );
    return { first, second };
  })
  .extend("first", { scope: "file" }, ({ files }) => files.first)
  .extend("second", { scope: "file" }, ({ files }) => files.second)
  .extend(
    "upload",
    ({ app, person }) =>
      (bytes: Buffer, idempotencyKey: string, { altText = "", name = "a.png" } = {}) =>
        uploadFile(app.app, { bytes, person, name, fields: { altText }, idempotencyKey }),
  );

/** Two pictures of one length: what follows the end of a PNG is read by nobody. */
const reused = { status: 422, body: { code: "http.idempotency_key_reused" } };

describe("an upload under an Idempotency-Key", () => {
  test("is known by its bytes, not by their number", async ({ first, second, upload }) => {
    const key = newId();
    const made = await upload(first, key);
    expect(made).toMatchObject({ status: 201, replayed: false });
    expect(await upload(second, key)).toMatchObject(reused);
    expect(await upload(first, key)).toMatchObject({ status: 201, replayed: true, body: made.body });
  });

  test("is known by what is said beside the file, too", async ({ first, upload }) => {
    const key = newId();
    expect((await upload(first, key, { altText: "one" })).status).toBe(201);
    expect(await upload(first, key, { altText: "two" })).toMatchObject(reused);
    expect(await upload(first, key, { altText: "one", name: "b.png" })).toMatchObject(reused);
  });

  test("leaves the key free where the file was refused, and nothing behind where it is a repetition", async ({
    app,
    first,
    upload,
  }) => {
    const key = newId();
    expect((await upload(Buffer.from("no picture"), key)).body.code).toBe("desk.image_type");
    expect((await upload(first, key)).status).toBe(201);
    expect((await upload(first, key)).replayed).toBe(true);
    // The answer goes out before the file is dropped.
    await expect.poll(() => readdir(path.join(app.directory, "incoming"))).toEqual([]);
  });
});
