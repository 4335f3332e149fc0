import { afterAll, beforeAll, expect, it } from "vitest";
import { createLogger } from "#platform/telemetry";
import { testApp, type TestApp, type TestPerson } from "../../../test/support/app.ts";
import { rawPath } from "../../../test/support/calls.ts";
import { createNotes } from "../../../test/support/features/notes.ts";

const lines: string[] = [];
let test: TestApp;
let owner: TestPerson;
beforeAll(async () => {
  const logger = createLogger({ logLevel: "info", stream: { write: (line) => void lines.push(line) } });
  test = await testApp({ register: createNotes().routes, logger });
  owner = await test.owner();
});
afterAll(() => test.close());

it("leaves one line per request, with its ids and without a secret", async () => {
  lines.length = 0;
  const answer = await owner.call("listMembers", {
    query: { token: "hunter2" },
    headers: { "x-request-id": "trace-1" },
  });
  expect(answer.status).toBe(200);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "info",
    msg: "request",
    requestId: "trace-1",
    userId: owner.userId,
    workspaceId: owner.workspaceId,
    method: "GET",
    route: "/api/v1/members",
    status: 200,
  });
  expect(lines.join("")).not.toMatch(new RegExp(`hunter2|${owner.bearer.slice(0, 20)}`));
});

it("logs a failure of ours with its cause, under the id that the client got", async () => {
  lines.length = 0;
  const answer = await test.app.inject({ method: "POST", url: rawPath("/broken") });
  const failure = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find(({ level }) => level === "error");
  expect(failure).toMatchObject({ requestId: answer.headers["x-request-id"], msg: "a request failed" });
  expect(failure?.["err"]).toMatchObject({ stack: expect.stringContaining("notes.ts") });
});
