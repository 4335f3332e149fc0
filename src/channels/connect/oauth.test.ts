import { describe, expect } from "vitest";
import { newId } from "#kit";
import type { TestPerson } from "../../../test/support/app.ts";
import { comeBack } from "../../../test/support/features/channels.ts";
import { test as base } from "../../../test/support/fixtures/channels.ts";

const test = base
  /** The error code; nothing may have gone to the platform. */
  .extend("refused", ({ world }) => async (person: TestPerson, url: URL): Promise<string> => {
    const before = await world.requestsTo("/oauth/token");
    const answer = await comeBack(person, url);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await world.requestsTo("/oauth/token")).toBe(before);
    return answer.body.code;
  });

async function start(person: TestPerson, body: object = {}): Promise<string> {
  const answer = await person.call("authorizeChannel", { body: { connector: "sandbox", ...body } });
  expect(answer.status).toBe(200);
  return answer.body.authorizeUrl;
}

async function list(person: TestPerson) {
  return (await person.call("listChannels")).body.items;
}

test("the way to the platform carries PKCE, the exact redirect address and never the verifier", async ({
  ada,
}) => {
  const url = new URL(await start(ada, { interactive: false }));
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    redirect_uri: "http://127.0.0.1:3000/api/v1/oauth/sandbox/callback",
    prompt: "none",
  });
  expect(url.searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
  expect(url.searchParams.has("code_verifier")).toBe(false);
});

test("a person who allows it has a channel, and nobody else has", async ({ world, ada }) => {
  const answer = await comeBack(ada, await world.consent(await start(ada)));
  expect(answer).toMatchObject({ status: 200, body: { handle: "@newcomer", status: "connected" } });
  expect(await list(ada)).toHaveLength(1);
  const other = await world.app.owner();
  expect(await list(other)).toEqual([]);
  expect((await other.call("getChannel", { params: { id: answer.body.id } })).status).toBe(404);
});

test("several accounts are several channels; the same account again keeps its channel", async ({
  world,
  ada,
}) => {
  const first = await world.connectSandbox(ada, "daily");
  const second = await world.connectSandbox(ada, "weekly");
  const again = await world.connectSandbox(ada, "daily");
  expect(again).toBe(first);
  expect((await list(ada)).map(({ id }) => id)).toEqual([first, second]);
});

test("a browser is led back to the page it came from", async ({ world, ada }) => {
  const url = await world.consent(await start(ada, { returnTo: "/channels?tab=all#top" }));
  const answer = await comeBack(ada, url, "text/html");
  expect(answer.status).toBe(302);
  const [{ id } = { id: "" }] = await list(ada);
  expect(answer.headers["location"]).toBe(`/channels?tab=all&connected=${id}#top`);
  expect(answer.headers["referrer-policy"]).toBe("no-referrer");
});

test.for([
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/.//a//evil.example/",
  "/./\\evil.example",
  "/a/..//evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
  "channels",
])("no way back leads elsewhere: %s", async (returnTo, { ada }) => {
  const answer = await ada.call("authorizeChannel", { body: { connector: "sandbox", returnTo } });
  expect(answer).toMatchObject({ status: 400, body: { code: "channels.return_to" } });
});

describe("a callback that is refused", () => {
  test("replayed", async ({ world, ada, refused }) => {
    const url = await world.consent(await start(ada));
    await comeBack(ada, url);
    expect(await refused(ada, url)).toBe("channels.state_used");
    expect(await list(ada)).toHaveLength(1);
  });

  test("without a state, with one that never was", async ({ world, ada, refused }) => {
    const url = await world.consent(await start(ada));
    url.searchParams.set("state", "x".repeat(43));
    expect(await refused(ada, url)).toBe("channels.foreign_state");
    url.searchParams.delete("state");
    expect(await refused(ada, url)).toBe("channels.foreign_state");
  });

  test("of another session, even of the same workspace", async ({ world, ada, refused }) => {
    const admin = await world.app.member(ada, "admin");
    const url = await world.consent(await start(ada));
    expect(await refused(admin, url)).toBe("channels.foreign_state");
    // The attempt did not spend it.
    expect((await comeBack(ada, url)).status).toBe(200);
  });

  test("of another platform", async ({ world, ada, refused }) => {
    const url = await world.consent(await start(ada));
    const moved = new URL(url.href.replace("/oauth/sandbox/", "/oauth/email/"));
    expect(await refused(ada, moved)).toBe("channels.not_oauth");
    const unknown = new URL(url.href.replace("/oauth/sandbox/", "/oauth/nowhere/"));
    expect(await refused(ada, unknown)).toBe("channels.unknown_connector");
  });

  test("after ten minutes", async ({ world, ada, refused }) => {
    const url = await world.consent(await start(ada));
    world.clock.move(600_001);
    expect(await refused(ada, url)).toBe("channels.state_expired");
    world.clock.move(-600_001);
  });

  test("after the role was lost", async ({ world, ada, refused }) => {
    const admin = await world.app.member(ada, "admin");
    const url = await world.consent(await start(admin));
    await world.app.database.system
      .updateTable("members")
      .set({ role: "viewer" })
      .where("user_id", "=", admin.userId)
      .execute();
    expect(await refused(admin, url)).toBe("channels.forbidden");
  });

  test("because the person said no", async ({ world, ada, refused }) => {
    const url = await world.consent(await start(ada, { returnTo: "/channels" }), "deny");
    const answer = await comeBack(ada, url, "text/html");
    expect(answer.headers["location"]).toBe(
      "/channels?connect_error=channels.access_denied&connect_platform=sandbox",
    );
    // Spent all the same.
    expect(await refused(ada, url)).toBe("channels.state_used");
  });

  test("with a code of somebody else", async ({ world, ada }) => {
    const mine = await world.consent(await start(ada));
    const theirs = await world.consent(await start(await world.app.owner()));
    mine.searchParams.set("code", theirs.searchParams.get("code") ?? "");
    const answer = await comeBack(ada, mine);
    expect(answer).toMatchObject({ status: 422, body: { code: "sandbox.invalid_grant" } });
    expect(await list(ada)).toEqual([]);
  });
});

test("of two callbacks at once, one connects", async ({ world, ada }) => {
  const url = await world.consent(await start(ada));
  const answers = await Promise.all([comeBack(ada, url), comeBack(ada, url)]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
});

test("less than was asked for is refused, and names what is missing", async ({ world, ada }) => {
  const url = new URL(await start(ada));
  url.searchParams.set("scope", "profile posts.read");
  const answer = await comeBack(ada, await world.consent(url.href));
  expect(answer).toMatchObject({ status: 422, body: { code: "channels.scopes_missing" } });
  expect(answer.body.detail).toContain("posts.write");
  expect(await list(ada)).toEqual([]);
});

test("who may not manage channels cannot start", async ({ world, ada }) => {
  const editor = await world.app.member(ada, "editor");
  const answer = await editor.call("authorizeChannel", { body: { connector: "sandbox" } });
  expect(answer.status).toBe(403);
});

test("an unknown platform and one with a form have clear errors", async ({ ada }) => {
  for (const [connector, code] of [
    ["nowhere", "channels.unknown_connector"],
    ["email", "channels.not_oauth"],
  ]) {
    const answer = await ada.call("authorizeChannel", { body: { connector } });
    expect(answer.body).toMatchObject({ code });
  }
  expect((await ada.call("getChannel", { params: { id: newId() } })).body).toMatchObject({
    code: "channels.not_found",
  });
});

test("the platform's own words come back without what could hide in them", async ({ ada }) => {
  const state = new URL(await start(ada)).searchParams.get("state") ?? "";
  const url = new URL("http://127.0.0.1:3000/api/v1/oauth/sandbox/callback");
  url.search = new URLSearchParams({
    state,
    error: "odd",
    error_description: "a\u202eb\n\u0001<b>c",
  }).toString();
  const answer = await comeBack(ada, url);
  expect(answer.body.code).toBe("channels.platform_refused");
  expect(answer.body.detail).toContain('"ab <b>c"');
});
