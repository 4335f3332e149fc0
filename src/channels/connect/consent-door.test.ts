import { describe, expect } from "vitest";
import { testOrigin } from "../../../test/support/app.ts";
import { requestOf } from "../../../test/support/calls.ts";
import { test as base } from "../../../test/support/fixtures/channels.ts";

const home = "http://127.0.0.1:3000";
const page = { accept: "text/html", "sec-fetch-mode": "navigate" };
const test = base.extend(
  "visit",
  ({ world, ada }) =>
    (operation: "getAuthorization" | "finishAuthorization", headers: Record<string, string>, query = {}) => {
      const sent = { host: "127.0.0.1:3000", cookie: ada.cookie, ...headers };
      return world.app.app.inject({
        ...requestOf(operation, { params: { connector: "sandbox" }, query }),
        headers: sent,
      });
    },
);

describe("an address that begins a consent", () => {
  test.for([
    { ...page, "sec-fetch-site": "same-origin" },
    { ...page, "sec-fetch-site": "none" },
    { accept: "text/html", referer: `${home}/channels` },
  ])("leads a person of ours to the platform: %j", async (headers, { visit }) => {
    const answer = await visit("getAuthorization", headers);
    expect(answer.statusCode).toBe(302);
    expect(answer.headers["location"]).toContain("response_type=code");
  });

  test.for([
    { ...page, "sec-fetch-site": "cross-site" },
    { ...page, "sec-fetch-site": "same-site" },
    { accept: "text/html", referer: "https://evil.example/" },
    { accept: "text/html", referer: "not an address" },
    { accept: "text/html" },
  ])("is refused from another site: %j", async (headers, { visit }) => {
    const answer = await visit("getAuthorization", headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.headers["content-type"]).toContain("text/html");
    expect(answer.headers["location"]).toBeUndefined();
  });

  test("says which address to use where Galley is open under another", async ({ world, ada, visit }) => {
    const elsewhere = { host: "localhost:3000", origin: "http://localhost:3000", cookie: ada.cookie };
    const answer = await world.app.app.inject({
      ...requestOf("authorizeChannel"),
      payload: { connector: "sandbox" },
      headers: elsewhere,
    });
    expect(answer.json()).toMatchObject({ status: 409, code: "channels.elsewhere" });
    expect(answer.json().detail).toContain(home);
    const visited = await visit("getAuthorization", {
      ...page,
      host: "localhost:3000",
      "sec-fetch-site": "same-origin",
    });
    expect(visited.statusCode).toBe(409);
    expect(visited.body).toContain(home);
  });
});

test("a person whom a platform leads back without a session reads a page, with the address to use", async ({
  visit,
}) => {
  const answer = await visit("finishAuthorization", { ...page, cookie: "" }, { code: "a", state: "b" });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers["content-type"]).toContain("text/html");
  expect(answer.body).toContain(testOrigin);
  expect(answer.body).not.toContain('{"');
});
