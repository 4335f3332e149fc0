import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { describe, expect } from "vitest";
import { buildChannel } from "../../../test/support/builders.ts";
import { requestOf } from "../../../test/support/calls.ts";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";
import { pdfOf, pictureOf as picture, videoOf } from "../../../test/support/media-files.ts";
import { uploadFile } from "../../../test/support/upload.ts";

const test = base.extend(
  "upload",
  ({ app, owner }) =>
    (bytes: Uint8Array, given: { fields?: Record<string, string>; name?: string } = {}) =>
      uploadFile(app.app, { bytes, fields: {}, name: "photo.jpg", person: owner, ...given }),
);

test("the probe answers whoever asks, as platforms do, without a sign-in", async ({ app }) => {
  const answer = await app.app.inject({ method: "GET", url: "/media/probe" });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ galley: "files" });
});

describe("the signed address of an image", () => {
  test("serves a PNG as a JPEG where a platform takes nothing else, and only with its signature", async ({
    app,
    upload,
  }) => {
    const transparent = sharp({
      create: { width: 30, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    const { body } = await upload(await transparent.png().toBuffer());
    const answer = await app.app.inject({ method: "GET", url: `${body.url}&as=jpeg` });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("image/jpeg");
    const { data, info } = await sharp(answer.rawPayload).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([30, 20]);
    // What was transparent stands on white.
    expect(Math.min(...data.subarray(0, 3))).toBeGreaterThan(250);
    const original = await app.app.inject({ method: "GET", url: body.url });
    expect(original.headers["content-type"]).toBe("image/png");
    const forged = body.url.replace(/signature=[^&]+/, "signature=AAAA");
    expect((await app.app.inject({ method: "GET", url: `${forged}&as=jpeg` })).statusCode).toBe(404);
    expect((await app.app.inject({ method: "GET", url: `${body.url}&as=svg` })).statusCode).toBe(400);
  });
});

describe("an upload", () => {
  test("loses its metadata, is turned upright and is served without a cookie", async ({ app, upload }) => {
    const original = await picture()
      .jpeg()
      .withExif({ IFD0: { Copyright: "secret place" } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { status, body } = await upload(original, {
      fields: { altText: "A teal field" },
      name: "../../etc/my photo.jpg",
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      mimeType: "image/jpeg",
      width: 20,
      height: 40,
      altText: "A teal field",
      fileName: "my photo.jpg",
    });
    const served = await app.app.inject({ url: body.url });
    expect(served.statusCode).toBe(200);
    expect(served.headers).toMatchObject({
      "content-type": "image/jpeg",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "same-site",
    });
    expect(served.headers["set-cookie"]).toBeUndefined();
    const meta = await sharp(served.rawPayload).metadata();
    expect(meta.exif).toBeUndefined();
    expect(meta.orientation).toBeUndefined();
    expect(served.rawPayload.includes("secret place")).toBe(false);
  });

  test.for(["png", "webp", "gif"] as const)("stays %s", async (format, { upload }) => {
    const { status, body } = await upload(await picture().toFormat(format).toBuffer());
    expect({ status, mimeType: body.mimeType }).toEqual({ status: 201, mimeType: `image/${format}` });
  });

  test("in AVIF becomes JPEG, which platforms take", async ({ upload }) => {
    const { status, body } = await upload(await picture().avif({ effort: 0 }).toBuffer());
    expect({ status, mimeType: body.mimeType }).toEqual({ status: 201, mimeType: "image/jpeg" });
  });

  test("keeps every frame of an animation", async ({ app, upload }) => {
    const frames = await sharp({
      create: { width: 10, height: 30, channels: 3, background: "red", pageHeight: 10 },
    })
      .gif({ delay: [100, 100, 100] })
      .toBuffer();
    const { body } = await upload(frames);
    expect(body).toMatchObject({ width: 10, height: 10 });
    const served = await app.app.inject({ url: body.url });
    expect((await sharp(served.rawPayload, { animated: true }).metadata()).pageHeight ?? 10).toBe(10);
  });
});

describe("refused uploads", () => {
  test("SVG, HTML, and noise, whatever their name", async ({ upload }) => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const text of [svg, "<html></html>", "\0\x01\x02"]) {
      const { status, body } = await upload(Buffer.from(text), { name: "photo.png" });
      expect({ status, code: body.code }).toEqual({ status: 422, code: "desk.image_type" });
    }
  });

  test("an image bomb, before it is decoded, with its size named", async ({ upload }) => {
    const bomb = await picture().png().toBuffer();
    // The header says 30,000 x 30,000: chunk IHDR begins at 12, its checksum stands at 29.
    bomb.writeUInt32BE(30_000, 16);
    bomb.writeUInt32BE(30_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    const { status, body } = await upload(bomb);
    expect({ status, code: body.code }).toEqual({ status: 422, code: "desk.image_pixels" });
    expect(body.detail).toContain("30000 x 30000");
  });

  test("a truncated image", async ({ upload }) => {
    const whole = await picture(400, 400).jpeg().toBuffer();
    const { status, body } = await upload(whole.subarray(0, whole.length / 2));
    expect({ status, code: body.code }).toEqual({ status: 422, code: "desk.image_broken" });
  });

  test("more bytes than allowed, and no file at all", async ({ app, owner, upload }) => {
    const { status, body } = await upload(new Uint8Array(6_000_000).fill(1));
    expect({ status, code: body.code.split(".")[1] }).toEqual({ status: 413, code: "image_size" });
    const none = await owner.call("uploadMedia", { body: { altText: "nothing" } });
    expect(none).toMatchObject({ status: 400, body: { code: "desk.no_file" } });
    const cut = await app.app.inject({
      ...requestOf("uploadMedia"),
      headers: { authorization: `Bearer ${owner.bearer}`, "content-type": "multipart/form-data; boundary=x" },
      payload: '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    });
    expect(cut.json()).toMatchObject({ status: 400, code: "desk.broken_upload" });
  });

  test("an address with another signature, hash or workspace", async ({ app, owner, upload }) => {
    const { body } = await upload(await picture(8, 8).png().toBuffer());
    const stranger = await app.owner();
    for (const address of [
      body.url.replace(/signature=.*/, "signature=AAAA"),
      body.url.replace(body.sha256, "0".repeat(64)),
      body.url.replace(owner.workspaceId, stranger.workspaceId),
    ]) {
      expect((await app.app.inject({ url: address })).statusCode).toBe(404);
    }
  });
});

describe("a video", () => {
  test("is kept as it came, with its length and size, and served in pieces as an attachment", async ({
    app,
    upload,
  }) => {
    const bytes = await videoOf({ seconds: 4, width: 640, height: 360 });
    const { status, body } = await upload(bytes, { fields: { altText: "A harbour" }, name: "clip.mp4" });
    expect(status).toBe(201);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(body).toMatchObject({
      mimeType: "video/mp4",
      width: 640,
      height: 360,
      durationMs: 4000,
      pages: null,
      sha256,
      bytes: bytes.length,
    });
    const url = body.url;
    const whole = await app.app.inject({ url });
    expect(whole.rawPayload.equals(bytes)).toBe(true);
    expect(whole.headers).toMatchObject({
      "content-type": "video/mp4",
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "accept-ranges": "bytes",
    });
    const piece = await app.app.inject({ url, headers: { range: "bytes=10-19" } });
    expect(piece.statusCode).toBe(206);
    expect(piece.headers["content-range"]).toBe(`bytes 10-19/${bytes.length}`);
    expect(piece.rawPayload.equals(bytes.subarray(10, 20))).toBe(true);
    const beyond = await app.app.inject({ url, headers: { range: `bytes=${bytes.length}-` } });
    expect(beyond.statusCode).toBe(416);
  });

  test("from a camera (MOV) is known by its bytes, whatever its name", async ({ upload }) => {
    const { body } = await upload(await videoOf({ container: "mov" }), { name: "photo.png" });
    expect(body).toMatchObject({ mimeType: "video/quicktime", durationMs: 3000 });
  });

  test("that is cut off, too long, or no video at all is refused", async ({ upload }) => {
    const whole = await videoOf({ dataBytes: 60_000 });
    const cut = await upload(whole.subarray(0, whole.length / 2));
    expect({ status: cut.status, code: cut.body.code }).toEqual({ status: 422, code: "desk.video_broken" });
    const long = await upload(await videoOf({ seconds: 61 }));
    expect({ status: long.status, code: long.body.code }).toEqual({ status: 422, code: "desk.video_length" });
    expect(long.body.detail).toContain("61 seconds; at most 60");
    const head = Buffer.concat([whole.subarray(0, 40), Buffer.alloc(5000, 7)]);
    expect((await upload(head)).body.code).toBe("desk.video_no_picture");
  });

  test("may be larger than an image, up to a limit of its own, and leaves nothing behind when refused", async ({
    app,
    upload,
  }) => {
    const { status, body } = await upload(await videoOf({ dataBytes: 8_000_000 }));
    expect({ status, large: body.bytes > 5_000_000 }).toEqual({ status: 201, large: true });
    const huge = await upload(await videoOf({ dataBytes: 31_000_000 }));
    expect({ status: huge.status, code: huge.body.code }).toEqual({ status: 413, code: "desk.video_size" });
    // The answer goes out first.
    await expect.poll(() => readdir(path.join(app.directory, "incoming"))).toEqual([]);
  });

  test("is refused by a channel that takes none", async ({ app, owner, upload }) => {
    const channel = await buildChannel(app.database, owner.workspaceId, "bluesky");
    const { body } = await upload(await videoOf());
    const content = { parts: ["look"], media: [{ mediaId: body.id, altText: "A harbour" }] };
    const checked = await owner.call("checkPost", {
      body: { variants: [{ channelId: channel.id, content }] },
    });
    expect(checked.body.variants[0]?.problems).toMatchObject([
      { code: "content.media_type", message: "Bluesky takes no videos here." },
    ]);
  });
});

describe("a document", () => {
  test("is kept as it came, with its pages", async ({ app, upload }) => {
    const bytes = pdfOf({ pages: 3 });
    const { status, body } = await upload(bytes, { name: "report.pdf" });
    expect(status).toBe(201);
    expect(body).toMatchObject({ mimeType: "application/pdf", pages: 3, width: 0, durationMs: null });
    const served = await app.app.inject({ url: body.url });
    expect(served.rawPayload.equals(bytes)).toBe(true);
    expect(served.headers["content-disposition"]).toBe("attachment");
  });

  const script = "<< /S /JavaScript /JS (app.alert(1)) >>";
  const encryption = `/Filter /Standard /V 1 /R 2 /P -44 /O <${"00".repeat(32)}> /U <${"11".repeat(32)}>`;
  const id = `<${"0f".repeat(16)}>`;
  test.for([
    ["without pages", pdfOf({ pages: 0 }), "desk.document_no_pages"],
    ["with too many pages", pdfOf({ pages: 21 }), "desk.document_pages"],
    ["that runs a script", pdfOf({ catalog: `/OpenAction ${script}` }), "desk.document_scripts"],
    [
      "with a named script",
      pdfOf({ catalog: `/Names << /JavaScript << /Names [(a) ${script}] >> >>` }),
      "desk.document_scripts",
    ],
    [
      "with a file inside",
      pdfOf({
        catalog: "/Names << /EmbeddedFiles << /Names [(a.txt) 4 0 R] >> >>",
        objects: [
          "<< /Type /Filespec /F (a.txt) /EF << /F 5 0 R >> >>",
          "<< /Type /EmbeddedFile /Length 5 >>\nstream\nhello\nendstream",
        ],
      }),
      "desk.document_attachments",
    ],
    [
      "with a link that starts a program",
      pdfOf({ objects: ["<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /La#75nch /F (x) >> >>"] }),
      "desk.document_actions",
    ],
    [
      "under a password",
      pdfOf({ trailer: `/ID [${id} ${id}] /Encrypt << ${encryption} >>` }),
      "desk.document_encrypted",
    ],
    ["that is cut off", pdfOf({ pages: 3 }).subarray(0, 120), "desk.document_broken"],
    ["of nothing but a name", Buffer.from("%PDF-1.7\nhello"), "desk.document_broken"],
  ] as const)("%s is refused", async ([_name, bytes, code], { upload }) => {
    const { status, body } = await upload(bytes, { name: "report.pdf" });
    expect({ status, code: body.code }).toEqual({ status: 422, code });
  });

  test("larger than documents may be is refused", async ({ upload }) => {
    const { status, body } = await upload(Buffer.concat([pdfOf(), Buffer.alloc(6_000_000, 32)]));
    expect({ status, code: body.code }).toEqual({ status: 413, code: "desk.document_size" });
  });
});

describe("images in use", () => {
  test("stay; unused ones go, and their bytes with the last of them", async ({ app, owner, upload }) => {
    const channel = await buildChannel(app.database, owner.workspaceId);
    const bytes = await picture(16, 16).png().toBuffer();
    const [first, second] = [(await upload(bytes)).body, (await upload(bytes)).body];
    expect(first.sha256).toBe(second.sha256);
    const content = { parts: ["look"], media: [{ mediaId: first.id, altText: "" }] };
    await owner.call("createPost", {
      body: { title: "Look", variants: [{ channelId: channel.id, content }] },
    });
    const refused = await owner.call("removeMedia", { params: { id: first.id } });
    expect(refused).toMatchObject({ status: 409, body: { code: "desk.media_in_use" } });
    expect(await owner.call("removeMedia", { params: { id: second.id } })).toMatchObject({ status: 204 });
    expect((await app.app.inject({ url: first.url })).statusCode).toBe(200);
    expect(await owner.call("getMedia", { params: { id: second.id } })).toMatchObject({ status: 404 });
    const alone = (await upload(await picture(17, 16).png().toBuffer())).body;
    await owner.call("removeMedia", { params: { id: alone.id } });
    expect((await app.app.inject({ url: alone.url })).statusCode).toBe(404);
  });

  test("are listed newest first and can be described anew", async ({ owner, upload }) => {
    const { body } = await upload(await picture(18, 16).png().toBuffer());
    const changed = await owner.call("describeMedia", {
      params: { id: body.id },
      body: { altText: "A field" },
    });
    expect(changed.body.altText).toBe("A field");
    const list = await owner.call("listMedia", { query: { limit: 1 } });
    expect(list.body.items).toMatchObject([{ id: body.id, altText: "A field" }]);
    expect(list.body.next).not.toBeNull();
  });
});
