import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { FileServer } from "../contract/files.ts";
import { picture, pretendVideo, startFileServer } from "../contract/files.ts";
import type { MetaHarness } from "../contract/meta.ts";
import { startMetaHarness } from "../contract/meta.ts";

const dayMs = 24 * 3_600_000;
const created = z.object({ id: z.string() });
const listed = z.object({
  data: z.array(z.object({ id: z.string(), message: z.string().optional(), created_time: z.string() })),
  paging: z.object({ cursors: z.object({ after: z.string() }), next: z.string().optional() }).optional(),
});

/** What Galley itself has no use for, or would never send: the emulator answers as the platform documents it. */
describe("the emulated Graph API", () => {
  let harness: MetaHarness;
  let files: FileServer;
  beforeAll(async () => {
    harness = await startMetaHarness("facebook");
    files = await startFileServer();
  });
  afterAll(async () => {
    await Promise.all([harness.close(), files.close()]);
  });

  async function call(method: string, path: string, params: Record<string, string> = {}) {
    const { headers, proof } = harness.signed();
    const form = new URLSearchParams({ ...params, appsecret_proof: proof });
    return method === "GET"
      ? harness.fetch(`/v26.0${path}?${form.toString()}`, { headers })
      : harness.fetch(`/v26.0${path}`, { method, headers, body: form });
  }

  function pagePath(edge: string): string {
    return `/${harness.account.account.accountId}/${edge}`;
  }

  async function photo(params: Record<string, string>): Promise<string> {
    const url = files.put(await picture(20, 20), "image/jpeg");
    return created.parse((await call("POST", pagePath("photos"), { url, ...params })).body).id;
  }

  it("forgets a temporary photo after a day, and keeps one that is only unpublished", async () => {
    const [temporary, kept] = [
      await photo({ published: "false", temporary: "true" }),
      await photo({ published: "false", alt_text_custom: "kept" }),
    ];
    await harness.control("POST", "clock", { advanceMs: dayMs + 1_000 });
    expect(await call("POST", pagePath("feed"), attach(temporary))).toMatchObject({
      status: 400,
      body: { error: { code: 100, error_subcode: 1366046 } },
    });
    expect((await call("POST", pagePath("feed"), attach(kept))).status).toBe(200);
    expect((await harness.journal()).at(-1)?.altTexts).toEqual(["kept"]);
    // A photo goes out once.
    expect((await call("POST", pagePath("feed"), attach(kept))).status).toBe(400);
  });

  it("publishes a photo at once where nothing says otherwise", async () => {
    await photo({ message: "At once" });
    expect((await harness.journal()).at(-1)?.text).toBe("At once");
  });

  it("fetches a video by its address, and refuses what is none or not there", async () => {
    const file_url = files.put(pretendVideo(500), "video/mp4");
    expect((await call("POST", pagePath("videos"), { file_url, description: "Moving" })).status).toBe(200);
    expect((await harness.journal()).at(-1)?.text).toBe("Moving");
    const broken = files.put(Buffer.from("nothing"), "video/mp4");
    const refused = await call("POST", pagePath("videos"), { file_url: broken });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 352 } } });
    const absent = await call("POST", pagePath("videos"), { file_url: "http://127.0.0.1:9/v.mp4" });
    expect(absent).toMatchObject({ status: 400, body: { error: { code: 389 } } });
  });

  it("lists by time and in pages, newest first", async () => {
    for (const message of ["one", "two", "three"]) {
      await call("POST", pagePath("feed"), { message });
      await harness.control("POST", "clock", { advanceMs: 10_000 });
    }
    const first = listed.parse((await call("GET", pagePath("published_posts"), { limit: "2" })).body);
    expect(first.data.map(({ message }) => message)).toEqual(["three", "two"]);
    expect(first.paging?.next).toContain("after=");
    const after = first.paging?.cursors.after ?? "";
    const second = listed.parse((await call("GET", pagePath("published_posts"), { limit: "2", after })).body);
    expect(second.data[0]?.message).toBe("one");
    const [, two] = first.data;
    const until = String(Math.floor(Date.parse(two?.created_time ?? "") / 1000) + 1);
    const older = listed.parse((await call("GET", pagePath("feed"), { until, limit: "1" })).body);
    expect(older.data[0]?.message).toBe("two");
    const since = until;
    const newer = listed.parse((await call("GET", pagePath("feed"), { since })).body);
    expect(newer.data.map(({ message }) => message)).toEqual(["three"]);
  });

  it("answers with its own errors: nothing to say, too long, not there, not allowed, no token", async () => {
    const feed = pagePath("feed");
    expect(await call("POST", feed)).toMatchObject({ status: 400, body: { error: { code: 100 } } });
    expect(await call("POST", feed, { message: "x".repeat(63_207) })).toMatchObject({ status: 400 });
    expect(await call("POST", feed, { message: "x", link: "no address" })).toMatchObject({
      status: 400,
      body: { error: { code: 1500 } },
    });
    expect(await call("GET", "/612001_999")).toMatchObject({
      status: 400,
      body: { error: { code: 100, error_subcode: 33, type: "GraphMethodException" } },
    });
    // Another Page's token opens nothing here.
    expect(await call("POST", "/612002/feed", { message: "x" })).toMatchObject({ status: 400 });
    expect(await harness.fetch("/v26.0/me")).toMatchObject({ status: 400, body: { error: { code: 2500 } } });
  });

  it("takes one permission back by itself", async () => {
    await call("DELETE", "/me/permissions", { permission: "pages_manage_posts" });
    const refused = await call("POST", pagePath("feed"), { message: "No longer" });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 200 } } });
    await harness.connect();
    expect((await call("POST", pagePath("feed"), { message: "Again" })).status).toBe(200);
  });

  it("tells how much of its limits is used with every answer", async () => {
    const { headers } = await call("GET", pagePath("published_posts"));
    expect(JSON.parse(headers.get("x-app-usage") ?? "")).toHaveProperty("call_count");
    const usage: unknown = JSON.parse(headers.get("x-business-use-case-usage") ?? "");
    expect(usage).toHaveProperty(
      [harness.account.account.accountId, 0, "estimated_time_to_regain_access"],
      0,
    );
    expect(headers.get("facebook-api-version")).toBe("v26.0");
  });
});

function attach(id: string): Record<string, string> {
  return { attached_media: JSON.stringify([{ media_fbid: id }]) };
}
