import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Platform, startX } from "#emulator";

const app = { clientId: "an-app", clientSecret: "its-secret" };
const redirectUri = "http://127.0.0.1:3000/callback";
const allScopes = "tweet.read tweet.write users.read media.write offline.access";
const tokensSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.number(),
  scope: z.string(),
});

let x: Platform;
beforeAll(async () => {
  x = await startX({ host: "127.0.0.1", port: 0, publicUrl: null, app });
});
afterAll(() => x.close());

function form(path: string, fields: Record<string, string>, secret = app.clientSecret): Promise<Response> {
  const basic = Buffer.from(`${app.clientId}:${secret}`).toString("base64");
  return fetch(`${x.url}${path}`, {
    method: "POST",
    redirect: "manual",
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams(fields),
  });
}

type OAuthFlow = { verifier: string; code: string | null; error: string | null };

async function consent(fields: Record<string, string> = {}): Promise<OAuthFlow> {
  const verifier = randomBytes(32).toString("base64url");
  const answer = await form("/i/oauth2/authorize", {
    response_type: "code",
    client_id: app.clientId,
    redirect_uri: redirectUri,
    scope: allScopes,
    state: "state",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    username: "ada",
    decision: "allow",
    ...fields,
  });
  const back = new URL(answer.headers.get("location") ?? "http://nowhere.invalid").searchParams;
  return { verifier, code: back.get("code"), error: back.get("error") };
}

function exchange({ verifier, code }: OAuthFlow, fields: Record<string, string> = {}, secret?: string) {
  const grant = { grant_type: "authorization_code", code: code ?? "", redirect_uri: redirectUri };
  return form("/2/oauth2/token", { ...grant, code_verifier: verifier, ...fields }, secret);
}

async function connected() {
  return tokensSchema.parse(await (await exchange(await consent())).json());
}

function refresh(token: string): Promise<Response> {
  return form("/2/oauth2/token", { grant_type: "refresh_token", refresh_token: token });
}

function api(method: string, path: string, token: string, body?: object): Promise<Response> {
  return fetch(`${x.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe("the emulator of X", () => {
  it("asks for PKCE with S256 and for the app that it knows", async () => {
    expect((await consent({ code_challenge_method: "plain" })).error).toBe("invalid_request");
    expect((await consent({ client_id: "another" })).code).toBeNull();
    expect((await consent({ decision: "deny" })).error).toBe("access_denied");
    expect((await consent({ scope: "tweet.read everything" })).error).toBe("invalid_scope");
  });

  it.each([
    ["another verifier", { code_verifier: "x".repeat(43) }, app.clientSecret, 400],
    ["another redirect address", { redirect_uri: `${redirectUri}/` }, app.clientSecret, 400],
    ["another code", { code: "guessed" }, app.clientSecret, 400],
    ["a wrong secret", {}, "wrong", 401],
  ])("gives no tokens for %s", async (_name, fields, secret, status) => {
    expect((await exchange(await consent(), fields, secret)).status).toBe(status);
  });

  it("takes a code once", async () => {
    const flow = await consent();
    expect((await exchange(flow)).status).toBe(200);
    expect((await exchange(flow)).status).toBe(400);
  });

  it("grants no more than the person allows", async () => {
    const { scope } = tokensSchema.parse(
      await (await exchange(await consent({ withheld: "media.write" }))).json(),
    );
    expect(scope.split(" ")).not.toContain("media.write");
  });

  it("rotates refresh tokens, and a second use ends every token of the consent", async () => {
    const first = await connected();
    const second = tokensSchema.parse(await (await refresh(first.refresh_token)).json());
    expect((await api("GET", "/2/users/me", first.access_token)).status).toBe(401);
    expect((await api("GET", "/2/users/me", second.access_token)).status).toBe(200);
    expect((await refresh(first.refresh_token)).status).toBe(400);
    expect((await api("GET", "/2/users/me", second.access_token)).status).toBe(401);
    expect((await refresh(second.refresh_token)).status).toBe(400);
  });

  it("ends access tokens after two hours", async () => {
    const { access_token: token, expires_in: seconds } = await connected();
    expect(seconds).toBe(7200);
    const advance = { method: "POST", body: JSON.stringify({ advanceMs: seconds * 1000 }) };
    expect((await api("GET", "/2/users/me", token)).status).toBe(200);
    await fetch(`${x.url}/control/clock`, advance);
    expect((await api("GET", "/2/users/me", token)).status).toBe(401);
  });

  it("wraps links, escapes text, and keeps what people read", async () => {
    const { access_token: token } = await connected();
    const text = "a <b> & https://example.com/a?b=1&c=2";
    const created = await api("POST", "/2/tweets", token, { text });
    expect(created.status).toBe(201);
    const { data } = z
      .object({ data: z.object({ id: z.string(), text: z.string() }) })
      .parse(await created.json());
    expect(data.text).toMatch(/^a &lt;b&gt; &amp; https:\/\/t\.co\/\w+$/);
    const journal = z.object({ posts: z.array(z.object({ id: z.string(), text: z.string() })) });
    const { posts } = journal.parse(await (await fetch(`${x.url}/control/journal`)).json());
    expect(posts.find((post) => post.id === data.id)?.text).toBe(text);
  });

  it("refuses a duplicate without naming the post", async () => {
    const { access_token: token } = await connected();
    await api("POST", "/2/tweets", token, { text: "said twice" });
    const again = await api("POST", "/2/tweets", token, { text: "said twice" });
    expect(again.status).toBe(403);
    expect(again.headers.get("content-type")).toBe("application/problem+json");
    expect(await again.json()).toEqual({
      title: "Forbidden",
      detail: "You are not allowed to create a Tweet with duplicate content.",
      type: "about:blank",
      status: 403,
    });
  });

  it("tells its limits with every answer, and 429 beyond them until the window ends", async () => {
    const { access_token: token } = await connected();
    await fetch(`${x.url}/control/x`, { method: "PUT", body: JSON.stringify({ callsPerAccount: 2 }) });
    await fetch(`${x.url}/control/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 900_000 }) });
    const answers = [];
    for (let count = 0; count < 3; count += 1) answers.push(await api("GET", "/2/users/me", token));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get("x-rate-limit-remaining"))).toEqual(["1", "0", "0"]);
    await fetch(`${x.url}/control/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 900_000 }) });
    expect((await api("GET", "/2/users/me", token)).status).toBe(200);
    await fetch(`${x.url}/control/x`, { method: "PUT", body: JSON.stringify({ callsPerAccount: 900 }) });
  });

  it("withdraws access on request", async () => {
    const { access_token: token, refresh_token: renewal } = await connected();
    expect((await form("/2/oauth2/revoke", { token: renewal })).status).toBe(200);
    expect((await api("GET", "/2/users/me", token)).status).toBe(401);
    expect((await refresh(renewal)).status).toBe(400);
  });
});
