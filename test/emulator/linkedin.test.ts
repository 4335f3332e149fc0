import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { linkedInApps, startLinkedIn } from "#emulator";

type Server = Awaited<ReturnType<typeof startLinkedIn>>;

let server: Server;
let person = "";
const tokens = { profile: "", page: "" };
const redirectUri = "http://127.0.0.1:3000/callback";
const organization = "urn:li:organization:2414183";

beforeAll(async () => {
  server = await startLinkedIn({ host: "127.0.0.1", port: 0, publicUrl: null });
  tokens.profile = await tokenFor("profile", "openid profile w_member_social");
  tokens.page = await tokenFor("page", "w_organization_social r_organization_social rw_organization_admin");
  const { body } = await rest("GET", "/v2/userinfo", tokens.profile);
  person = `urn:li:person:${z.object({ sub: z.string() }).parse(body).sub}`;
});
afterAll(() => server.close());

function appOf(product: "profile" | "page") {
  const app = linkedInApps.find((candidate) => candidate.product === product);
  if (!app) throw new TypeError("there is an app of each product");
  return app;
}

function authorization(fields: Record<string, string>): Promise<Response> {
  return fetch(`${server.url}/oauth/v2/authorization`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({
      response_type: "code",
      handle: "ada",
      decision: "allow",
      state: "s",
      ...fields,
    }),
  });
}

async function tokenFor(product: "profile" | "page", scope: string): Promise<string> {
  const { clientId, clientSecret } = appOf(product);
  const back = await authorization({ client_id: clientId, redirect_uri: redirectUri, scope });
  const code = new URL(back.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const answer = await fetch(`${server.url}/oauth/v2/accessToken`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}

async function rest(
  method: string,
  path: string,
  token: string,
  given: { body?: object; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "linkedin-version": "202607",
      "x-restli-protocol-version": "2.0.0",
      ...given.headers,
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === "" ? null : (JSON.parse(text) as unknown),
  };
}

function postBy(author: string, fields: object = {}) {
  return {
    author,
    commentary: "Hello",
    visibility: "PUBLIC",
    distribution: { feedDistribution: "MAIN_FEED" },
    lifecycleState: "PUBLISHED",
    ...fields,
  };
}

function say(commentary: string) {
  return rest("POST", "/rest/posts", tokens.profile, { body: postBy(person, { commentary }) });
}

async function control(path: string, body: object, method: "PUT" | "POST" = "PUT"): Promise<void> {
  await fetch(`${server.url}/control/${path}`, { method, body: JSON.stringify(body) });
}

describe("the emulated LinkedIn, as LinkedIn documents itself", () => {
  it("answers a new post with an empty body and the URN in a header, and the same one again with 422", async () => {
    const created = await rest("POST", "/rest/posts", tokens.profile, { body: postBy(person) });
    expect(created).toMatchObject({ status: 201, body: null });
    const urn = created.headers.get("x-restli-id") ?? "";
    expect(urn).toMatch(/^urn:li:share:\d{19}$/);
    const again = await rest("POST", "/rest/posts", tokens.profile, { body: postBy(person) });
    expect(again).toMatchObject({
      status: 422,
      body: {
        message: expect.stringContaining(`Content is a duplicate of ${urn}`),
        errorDetails: { inputErrors: [{ code: "DUPLICATE_POST" }] },
      },
    });
  });

  it("wants a version, an active one, and Rest.li 2", async () => {
    const path = "/rest/organizationAcls?q=roleAssignee";
    const none = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${tokens.page}` } });
    expect([none.status, await none.json()]).toMatchObject([400, { code: "VERSION_MISSING" }]);
    for (const version of ["202501", "209901"]) {
      const headers = { "linkedin-version": version };
      expect(await rest("GET", path, tokens.page, { headers })).toMatchObject({
        status: 426,
        body: { status: 426, code: "NONEXISTENT_VERSION" },
      });
    }
    const headers = { "x-restli-protocol-version": "1.0.0" };
    expect(await rest("GET", path, tokens.page, { headers })).toMatchObject({ status: 400 });
  });

  it("lists a Page's posts and never a member's", async () => {
    await rest("POST", "/rest/posts", tokens.page, { body: postBy(organization) });
    const author = encodeURIComponent(organization);
    const listed = await rest("GET", `/rest/posts?q=author&author=${author}`, tokens.page);
    expect(listed).toMatchObject({
      status: 200,
      body: { elements: [{ author: organization, commentary: "Hello" }] },
    });
    const own = await rest(
      "GET",
      `/rest/posts?q=author&author=${encodeURIComponent(person)}`,
      tokens.profile,
    );
    expect(own).toMatchObject({
      status: 403,
      body: { status: 403, serviceErrorCode: 100, code: "ACCESS_DENIED" },
    });
  });

  it("lets nobody publish for others, without the scope, or without a token", async () => {
    const other = postBy("urn:li:person:somebody");
    expect(await rest("POST", "/rest/posts", tokens.profile, { body: other })).toMatchObject({ status: 403 });
    const page = postBy(organization, { commentary: "As a member" });
    expect(await rest("POST", "/rest/posts", tokens.profile, { body: page })).toMatchObject({ status: 403 });
    const analyst = postBy("urn:li:organization:89758488");
    expect(await rest("POST", "/rest/posts", tokens.page, { body: analyst })).toMatchObject({ status: 403 });
    expect(await rest("POST", "/rest/posts", "none", { body: other })).toMatchObject({
      status: 401,
      body: { serviceErrorCode: 65_600, code: "INVALID_ACCESS_TOKEN" },
    });
  });

  it.each([
    ["a wrong visibility", { visibility: "EVERYBODY" }, 400],
    ["no distribution", { distribution: undefined }, 400],
    ["a draft", { lifecycleState: "DRAFT" }, 400],
    ["a text that is too long", { commentary: "x".repeat(3001) }, 422],
    ["nothing at all", { commentary: "" }, 422],
    ["a file that is not there", { content: { media: { id: "urn:li:image:NONE" } } }, 400],
    ["one image as several", { content: { multiImage: { images: [{ id: "urn:li:image:NONE" }] } } }, 422],
  ])("refuses %s", async (_name, fields, status) => {
    expect(await rest("POST", "/rest/posts", tokens.profile, { body: postBy(person, fields) })).toMatchObject(
      { status },
    );
  });

  it("counts a member's posts of a UTC day", async () => {
    await control("switches", { memberPostsPerDay: 2 });
    expect(await say("Second")).toMatchObject({ status: 201 });
    expect(await say("Third")).toMatchObject({
      status: 429,
      body: { code: "TOO_MANY_REQUESTS", message: expect.stringContaining("DAY limit") },
    });
    await control("clock", { advanceMs: 24 * 3600 * 1000 }, "POST");
    expect(await say("Third")).toMatchObject({ status: 201 });
    await control("switches", { memberPostsPerDay: 150 });
  });

  it("sends people only to registered addresses, and refuses scopes that an app does not have", async () => {
    const { clientId } = appOf("profile");
    const away = await authorization({
      client_id: clientId,
      redirect_uri: "https://evil.example/",
      scope: "openid",
    });
    expect(away.status).toBe(400);
    expect(await away.text()).toContain("redirect_uri does not match");
    const foreign = await authorization({
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: "openid w_organization_social",
    });
    const back = new URL(foreign.headers.get("location") ?? "");
    expect(back.searchParams.get("error")).toBe("unauthorized_scope_error");
    expect(back.searchParams.get("state")).toBe("s");
    const refused = await authorization({
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: "openid",
      decision: "cancel",
    });
    expect(refused.headers.get("location")).toContain("error=user_cancelled_authorize");
  });

  it("takes a switch that it has and no other", async () => {
    const answer = await fetch(`${server.url}/control/switches`, { method: "PUT", body: '{"nonsense":1}' });
    expect(answer.status).toBe(400);
  });
});
