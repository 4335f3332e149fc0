import { createHash } from "node:crypto";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { startMastodon } from "#emulator";
import { videoOf } from "../support/media-files.ts";

/**
 * What Mastodon answers and refuses, in its own words: docs.joinmastodon.org, and where that is silent the server's
 * source (`PostStatusService`, `StatusLengthValidator`, `MediaAttachment`, `config/locales/en.yml`).
 */
const limits = {
  maxCharacters: 40,
  maxFiles: 2,
  perUrl: 23,
  descriptionLimit: 10,
  imageSizeLimit: 4_096,
  videoSizeLimit: 8_192,
};
const withId = z.object({ id: z.string() });
const uploaded = withId.extend({ type: z.string(), description: z.string().nullable() });

let server: Awaited<ReturnType<typeof startMastodon>>;
let token = "";
let image: Buffer;
let gif: Buffer;

beforeAll(async () => {
  server = await startMastodon({ host: "127.0.0.1", port: 0, publicUrl: null, server: limits });
  token = await signIn();
  const dot = { create: { width: 2, height: 2, channels: 3 as const, background: "#b45309" } };
  image = await sharp(dot).png().toBuffer();
  gif = await sharp(dot).gif().toBuffer();
});
beforeEach(() => control({ processingMs: 0, ...limits }));
afterAll(() => server.close());

async function signIn(): Promise<string> {
  const redirect_uri = "http://127.0.0.1:3000/back";
  const scope = "read:accounts read:statuses write:statuses write:media";
  const app = z
    .object({ client_id: z.string(), client_secret: z.string() })
    .parse(await post("/api/v1/apps", { client_name: "Test", redirect_uris: redirect_uri, scopes: scope }));
  const verifier = "a".repeat(43);
  const code_challenge = createHash("sha256").update(verifier).digest("base64url");
  const asked = { client_id: app.client_id, redirect_uri, scope, code_challenge, username: "ada" };
  const consent = await fetch(`${server.url}/oauth/authorize`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ ...asked, decision: "allow" }),
  });
  const code = new URL(consent.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const grant = { grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri, ...app };
  return z.object({ access_token: z.string() }).parse(await post("/oauth/token", grant)).access_token;
}

async function post(path: string, form: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${server.url}${path}`, { method: "POST", body: new URLSearchParams(form) });
  return answer.json();
}

async function control(switches: object): Promise<void> {
  const body = JSON.stringify(switches);
  expect((await fetch(`${server.url}/control/mastodon`, { method: "PUT", body })).status).toBe(200);
}

async function statusOf(path: string): Promise<number> {
  return (await fetch(`${server.url}${path}`)).status;
}

async function write(body: object) {
  const answer = await fetch(`${server.url}/api/v1/statuses`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: z.looseObject({}).parse(await answer.json()) };
}

async function upload(bytes: Buffer | null, description = "") {
  const form = new FormData();
  if (bytes) form.append("file", new Blob([Uint8Array.from(bytes)]), "file");
  if (description !== "") form.append("description", description);
  const answer = await fetch(`${server.url}/api/v2/media`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  return { status: answer.status, body: z.looseObject({}).parse(await answer.json()) };
}

async function attach(...files: Buffer[]): Promise<string[]> {
  const ids: string[] = [];
  for (const file of files) ids.push(withId.parse((await upload(file)).body).id);
  return ids;
}

describe("the emulated Mastodon server", () => {
  it("says of itself what it was started with, nested as documented", async () => {
    const answer = await fetch(`${server.url}/api/v2/instance`);
    expect(await answer.json()).toMatchObject({
      domain: new URL(server.url).host,
      version: expect.any(String),
      configuration: {
        statuses: { max_characters: 40, max_media_attachments: 2, characters_reserved_per_url: 23 },
        media_attachments: {
          description_limit: 10,
          image_size_limit: 4_096,
          video_size_limit: 8_192,
          supported_mime_types: expect.arrayContaining(["image/png", "image/gif", "video/mp4"]),
        },
      },
    });
  });

  it("is an older server, or tells nothing of itself, where the switch says so", async () => {
    await control({ instanceApi: 1 });
    expect([await statusOf("/api/v2/instance"), await statusOf("/api/v1/instance")]).toEqual([404, 200]);
    await control({ instanceApi: 0 });
    expect([await statusOf("/api/v2/instance"), await statusOf("/api/v1/instance")]).toEqual([404, 404]);
    await control({ instanceApi: 2 });
  });

  it.each([
    ["longer than its limit", { status: "x".repeat(41) }, "Text character limit of 40 exceeded"],
    ["empty", { status: " " }, "Text can't be blank"],
    [
      "whose warning holds an address, which counts in full",
      { status: "x", spoiler_text: `https://example.com/${"y".repeat(20)}` },
      "Text character limit of 40 exceeded",
    ],
  ])("refuses a text that is %s", async (_what, body, words) => {
    expect(await write(body)).toEqual({ status: 422, body: { error: `Validation failed: ${words}` } });
  });

  it("counts an address as 23 and a mention without its server", async () => {
    const status = `@ada@a.very.long.host.example ${"x".repeat(11)} https://example.com/${"y".repeat(50)}`;
    expect((await write({ status })).status).toBe(200);
    expect((await write({ status: `${status} z` })).status).toBe(422);
  });

  it("takes the warning for the text where there is no other", async () => {
    const { status, body } = await write({ status: "", spoiler_text: "Food" });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { content: "<p>Food</p>", spoiler_text: "" },
    });
  });

  it("makes a video that plays by itself of a GIF, which goes out alone", async () => {
    const sent = await upload(gif);
    expect(uploaded.parse(sent.body).type).toBe("gifv");
    const alone = { status: "", media_ids: [withId.parse(sent.body).id] };
    expect((await write(alone)).status).toBe(200);
    const video = await videoOf({ dataBytes: 100 });
    for (const files of [
      [gif, image],
      [gif, gif],
      [video, image],
    ]) {
      const media_ids = await attach(...files);
      expect(await write({ status: "Mixed", media_ids })).toEqual({
        status: 422,
        body: { error: "Cannot attach a video to a post that already contains images" },
      });
    }
    expect((await write({ status: "Two", media_ids: await attach(image, image) })).status).toBe(200);
  });

  it("refuses more files than it takes, files of nobody and files that another post has", async () => {
    const many = await write({ status: "Many", media_ids: await attach(image, image, image) });
    expect(many).toEqual({ status: 422, body: { error: "Cannot attach more than 2 files" } });
    const media_ids = await attach(image);
    expect((await write({ status: "First", media_ids })).status).toBe(200);
    expect(await write({ status: "Second", media_ids: [...media_ids, "7"] })).toEqual({
      status: 422,
      body: { error: `Media ${media_ids[0]}, 7 not found or already attached to another post` },
    });
  });

  it("refuses files that it still processes", async () => {
    await control({ processingMs: 60_000 });
    const sent = await upload(image);
    expect(sent.status).toBe(202);
    expect(await write({ status: "Soon", media_ids: [withId.parse(sent.body).id] })).toEqual({
      status: 422,
      body: {
        error: "Cannot attach files that have not finished processing. Try again in a moment!",
      },
    });
  });

  it("refuses files by size, kind and description", async () => {
    const padded = (size: number) => Buffer.concat([image, Buffer.alloc(size - image.length)]);
    expect((await upload(padded(4_095))).status).toBe(200);
    const { error } = z.object({ error: z.string() }).parse((await upload(padded(4_096))).body);
    expect(error).toBe(
      "Validation failed: File file size must be less than 4 KB, File must be less than 4 KB",
    );
    expect((await upload(Buffer.from("plain"))).body).toEqual({
      error: "Validation failed: File content type is invalid, File is invalid",
    });
    expect((await upload(null)).body).toEqual({ error: "Validation failed: File can't be blank" });
    expect(uploaded.parse((await upload(image, "ten chars!")).body).description).toBe("ten chars!");
    expect((await upload(image, "eleven char")).body).toEqual({
      error: "Validation failed: Description is too long (maximum is 10 characters)",
    });
  });

  it("takes no kind that it does not name", async () => {
    await control({ mimeTypes: ["image/jpeg"] });
    expect((await upload(image)).status).toBe(422);
    await control({ mimeTypes: ["image/jpeg", "image/png", "image/gif", "video/mp4"] });
  });
});
