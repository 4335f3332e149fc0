import { createHash, randomBytes } from "node:crypto";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Sandbox } from "#emulator";
import { startSandbox } from "#emulator";
import { contractHttp } from "../contract/http.ts";

const scope = "profile posts.read posts.write media.write offline.access";
const redirectUri = "http://127.0.0.1:3000/callback";

let directory = "";
let sandbox: Sandbox;
let now = new Date("2026-01-01T12:00:00Z");

async function open(): Promise<void> {
  const clock = { now: () => now };
  sandbox = await startSandbox({ directory, host: "127.0.0.1", port: 0, publicUrl: null, clock });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "galley-sandbox-"));
  now = new Date("2026-01-01T12:00:00Z");
  await open();
});

afterEach(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true, force: true });
});

type Call = { token?: string; form?: Record<string, string>; json?: unknown };

async function call(method: "GET" | "POST" | "PUT", path: string, { token, form, json }: Call = {}) {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  const body = form
    ? new URLSearchParams(form).toString()
    : json === undefined
      ? undefined
      : JSON.stringify(json);
  const http = contractHttp([sandbox.url], AbortSignal.timeout(10_000));
  const answer = await http.request({
    method,
    url: sandbox.url + path,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = Buffer.from(answer.body).toString();
  const parsed: unknown = answer.headers["content-type"] === "application/json" ? JSON.parse(text) : {};
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: z.record(z.string(), z.unknown()).parse(parsed),
  };
}

const verifier = randomBytes(32).toString("base64url");

function authorizePath(fields: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: "galley",
    redirect_uri: redirectUri,
    state: "s",
    scope,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    prompt: "none",
    ...fields,
  });
  return `/oauth/authorize?${query.toString()}`;
}

async function newCode(): Promise<string> {
  const answer = await call("GET", authorizePath());
  return new URL(answer.headers["location"] ?? "").searchParams.get("code") ?? "";
}

function exchange(code: string, fields: Record<string, string> = {}) {
  const form = { grant_type: "authorization_code", client_id: "galley", redirect_uri: redirectUri, code };
  return call("POST", "/oauth/token", { form: { ...form, code_verifier: verifier, ...fields } });
}

const tokens = z.object({ access_token: z.string(), refresh_token: z.string() });

async function connect(): Promise<z.output<typeof tokens>> {
  return tokens.parse((await exchange(await newCode())).json);
}

function refresh(token: string) {
  const form = { grant_type: "refresh_token", client_id: "galley", refresh_token: token };
  return call("POST", "/oauth/token", { form });
}

async function texts(): Promise<string[]> {
  const { json } = await call("GET", "/control/journal");
  return z
    .array(z.object({ text: z.string() }))
    .parse(json["posts"])
    .map((post) => post.text);
}

describe("the sandbox's OAuth", () => {
  it("shows a consent page, and sends the person back with a code or a refusal", async () => {
    const page = await call("GET", authorizePath({ prompt: "consent" }));
    expect(page.status).toBe(200);
    expect(page.text).toContain("Publish posts, threads and comments");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    const asked = Object.fromEntries(new URL(authorizePath(), sandbox.url).searchParams);
    const allowed = await call("POST", "/oauth/authorize", {
      form: { ...asked, handle: "ada", decision: "allow" },
    });
    expect(allowed.status).toBe(303);
    expect(new URL(allowed.headers["location"] ?? "").searchParams.get("code")).not.toBeNull();
    const denied = await call("POST", "/oauth/authorize", { form: { ...asked, decision: "deny" } });
    expect(new URL(denied.headers["location"] ?? "").searchParams.get("error")).toBe("access_denied");
  });

  it("sends nobody to a foreign address", async () => {
    const answer = await call("GET", authorizePath({ redirect_uri: "https://evil.example/" }));
    expect(answer.status).toBe(400);
    expect(answer.headers["location"]).toBeUndefined();
  });

  it.each([
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ scope: "everything" }, "invalid_scope"],
    [{ response_type: "token" }, "unsupported_response_type"],
  ])("refuses to authorize %j", async (fields, error) => {
    const answer = await call("GET", authorizePath(fields));
    expect(new URL(answer.headers["location"] ?? "").searchParams.get("error")).toBe(error);
  });

  it("takes a code once, within a minute, with its verifier and redirect address", async () => {
    expect((await exchange(await newCode(), { code_verifier: "x".repeat(43) })).json["error"]).toBe(
      "invalid_grant",
    );
    expect((await exchange(await newCode(), { redirect_uri: "http://127.0.0.1/" })).status).toBe(400);
    const code = await newCode();
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).status).toBe(400);
    const late = await newCode();
    now = new Date(now.getTime() + 61_000);
    expect((await exchange(late)).status).toBe(400);
  });

  it("rotates refresh tokens, and withdraws all when one is used twice", async () => {
    const first = await connect();
    const second = tokens.parse((await refresh(first.refresh_token)).json);
    expect((await call("GET", "/oauth/userinfo", { token: first.access_token })).status).toBe(401);
    expect((await call("GET", "/oauth/userinfo", { token: second.access_token })).status).toBe(200);
    expect((await refresh(first.refresh_token)).json["error"]).toBe("invalid_grant");
    const after = await call("GET", "/oauth/userinfo", { token: second.access_token });
    expect([after.status, after.json["error"]]).toEqual([401, "token_revoked"]);
  });

  it("lets access tokens expire", async () => {
    const { access_token: token } = await connect();
    now = new Date(now.getTime() + 7_200_000);
    expect((await call("GET", "/oauth/userinfo", { token })).json["error"]).toBe("token_expired");
  });
});

describe("the sandbox's posts", () => {
  it("keeps everything over a restart, and cuts off what was half written", async () => {
    const { access_token: token } = await connect();
    await call("POST", "/api/posts", { token, json: { text: "kept" } });
    await call("PUT", "/control/faults", { json: { faults: [{ kind: "throttle", remaining: 2 }] } });
    await sandbox.close();
    await appendFile(join(directory, "state.jsonl"), '{"type":"post","post":{"id":"1000');
    await open();
    expect(await texts()).toEqual(["kept"]);
    expect((await call("POST", "/api/posts", { token, json: { text: "no" } })).status).toBe(429);
    expect((await call("POST", "/api/posts", { token, json: { text: "no" } })).status).toBe(429);
    expect((await call("POST", "/api/posts", { token, json: { text: "again" } })).status).toBe(201);
    expect(await texts()).toEqual(["kept", "again"]);
  });

  it("commits late and lists late when told so", async () => {
    const { access_token: token } = await connect();
    const faults = [
      { kind: "late_commit", delayMs: 5_000 },
      { kind: "listing_lag", delayMs: 9_000 },
    ];
    await call("PUT", "/control/faults", { json: { faults } });
    await expect(call("POST", "/api/posts", { token, json: { text: "late" } })).rejects.toThrow(/./);
    await call("POST", "/api/posts", { token, json: { text: "lagging" } });

    async function listed(): Promise<number> {
      return z.array(z.unknown()).parse((await call("GET", "/api/posts", { token })).json["items"]).length;
    }
    expect(await listed()).toBe(0);
    expect((await call("GET", "/")).text).toContain("lagging");
    expect((await call("GET", "/")).text).not.toContain(">late<");
    now = new Date(now.getTime() + 5_000);
    expect(await listed()).toBe(1);
    now = new Date(now.getTime() + 4_000);
    expect(await listed()).toBe(2);
  });

  it("pages through the caller's own posts, newest first", async () => {
    const { access_token: token } = await connect();
    for (const text of ["a", "b", "c"]) await call("POST", "/api/posts", { token, json: { text } });
    const first = await call("GET", "/api/posts?limit=2", { token });
    const cursor = z.string().parse(first.json["next"]);
    const second = await call("GET", `/api/posts?limit=2&cursor=${cursor}`, { token });
    expect(JSON.stringify([first.json["items"], second.json["items"]]).match(/"text":"(.)"/g)).toEqual(
      ["c", "b", "a"].map((text) => `"text":"${text}"`),
    );
    expect(second.json["next"]).toBeNull();
  });

  it("escapes what people write", async () => {
    const { access_token: token } = await connect();
    const text = `<script>alert(1)</script> https://example.com/"onclick="x`;
    const { json } = await call("POST", "/api/posts", { token, json: { text } });
    for (const path of ["/", `/posts/${String(json["id"])}`]) {
      const page = await call("GET", path);
      expect(page.text).not.toContain("<script>");
      expect(page.text).not.toContain('"onclick');
    }
  });
});
