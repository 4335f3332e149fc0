import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "#kit";
import type { TestPerson } from "../../../test/support/app.ts";
import { movableClock, testDeskApp } from "../../../test/support/features/desk.ts";
import { pictureOf } from "../../../test/support/media-files.ts";
import { uploadFile } from "../../../test/support/upload.ts";

let app: Awaited<ReturnType<typeof testDeskApp>>;
let person: TestPerson;
/** Two pictures of one length: what follows the end of a PNG is read by nobody. */
let first: Buffer;
let second: Buffer;

beforeAll(async () => {
  app = await testDeskApp(movableClock());
  person = await app.owner();
  const wide = await pictureOf(60, 30).png().toBuffer();
  const tall = await pictureOf(30, 60).png().toBuffer();
  const length = Math.max(wide.length, tall.length) + 10;
  [first, second] = [wide, tall].map((it) => Buffer.concat([it, Buffer.alloc(length - it.length)])) as [
    Buffer,
    Buffer,
  ];
});
afterAll(() => app.close());

function upload(bytes: Buffer, idempotencyKey: string, { altText = "", name = "a.png" } = {}) {
  return uploadFile(app.app, { bytes, person, name, fields: { altText }, idempotencyKey });
}

const reused = { status: 422, body: { code: "http.idempotency_key_reused" } };

describe("an upload under an Idempotency-Key", () => {
  test("is known by its bytes, not by their number", async () => {
    const key = newId();
    const made = await upload(first, key);
    expect(made).toMatchObject({ status: 201, replayed: false });
    expect(await upload(second, key)).toMatchObject(reused);
    expect(await upload(first, key)).toMatchObject({ status: 201, replayed: true, body: made.body });
  });

  test("is known by what is said beside the file, too", async () => {
    const key = newId();
    expect((await upload(first, key, { altText: "one" })).status).toBe(201);
    expect(await upload(first, key, { altText: "two" })).toMatchObject(reused);
    expect(await upload(first, key, { altText: "one", name: "b.png" })).toMatchObject(reused);
  });

  test("leaves the key free where the file was refused, and nothing behind where it is a repetition", async () => {
    const key = newId();
    expect((await upload(Buffer.from("no picture"), key)).body.code).toBe("desk.image_type");
    expect((await upload(first, key)).status).toBe(201);
    expect((await upload(first, key)).replayed).toBe(true);
    // The answer goes out before the file is dropped.
    await expect.poll(() => readdir(path.join(app.directory, "incoming"))).toEqual([]);
  });
});
