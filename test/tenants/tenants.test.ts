import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newId, permissions, roles } from "#kit";
import { can } from "#workspaces";
import type { TestPerson } from "../support/app.ts";
import { rawPath } from "../support/calls.ts";
import { fixtures, type Ids, unknownIds } from "./tenants.fixtures.ts";
import { type Method, type Operation, requestOf, startTenants, type Tenants } from "./tenants.harness.ts";

// Each of these calls every route, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

let tenants: Tenants;
let operations: Operation[];
let owner: TestPerson;
let stranger: TestPerson;
let theirs: Ids;

beforeAll(async () => {
  tenants = await startTenants();
  ({ operations, owner, stranger, theirs } = tenants);
});
afterAll(() => tenants.close());

/** An answer without what differs from call to call: the request's id and the ids that it named. */
function told(answer: { status: number; body: unknown }, ids: Ids): string {
  let text = `${answer.status} ${JSON.stringify(answer.body)}`.replace(/"requestId":"[^"]*"/, "");
  for (const [kind, id] of Object.entries(ids)) text = text.replaceAll(id, `<${kind}>`);
  // What was made by the call itself.
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}

describe("every route", () => {
  it("has a fixture, and every fixture a route", () => {
    const served = operations.map(({ name }) => name);
    expect(served.filter((name) => !(name in fixtures))).toEqual([]);
    expect(served.length).toBeGreaterThan(40);
  });

  it("answers another tenant's ids exactly like ids that nothing has", async () => {
    for (const operation of operations) {
      const unknown = unknownIds();
      const [probe, control] = [requestOf(operation, theirs), requestOf(operation, unknown)];
      if (probe === null || control === null) continue;
      const real = await stranger.callPath(operation.method, probe.path, probe.body);
      const none = await stranger.callPath(operation.method, control.path, control.body);
      expect(`${operation.name} ${told(real, theirs)}`).toBe(`${operation.name} ${told(none, unknown)}`);
      expect(`${operation.name} ${real.status}`).not.toMatch(/ 5\d\d$/);
    }
  });

  it("lists nothing of another tenant", async () => {
    const secrets = [...Object.values(theirs), owner.workspaceId, owner.userId, owner.email, "ecret"];
    for (const fixture of Object.values(fixtures)) {
      if (!("lists" in fixture)) continue;
      const answer = await stranger.callPath("GET", fixture.lists);
      if (answer.status === 404) continue;
      expect(`${fixture.lists} ${answer.status}`).toBe(`${fixture.lists} 200`);
      for (const secret of secrets) expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
  });

  it("answers a session in another tenant's workspace like one in none", async () => {
    for (const operation of operations) {
      if (["public", "session", "installation"].includes(operation.access)) continue;
      const { path } = requestOf(operation, theirs) ?? { path: operation.path };
      const answers = [];
      for (const id of [owner.workspaceId, newId()]) {
        const answer = await stranger.callPath(operation.method, path, undefined, { "galley-workspace": id });
        answers.push(told(answer, theirs));
      }
      expect(`${operation.name} ${answers[0]}`).toBe(`${operation.name} ${answers[1]}`);
      expect(answers[0]).toMatch(/^404 .*http\.no_workspace/);
    }
  });

  it("needs a session, unless it is public", async () => {
    for (const operation of operations.filter(({ access }) => access !== "public")) {
      const { path } = requestOf(operation, theirs) ?? { path: operation.path };
      const answer = await tenants.app.inject({ method: operation.method, url: rawPath(path) });
      expect(`${operation.name} ${answer.statusCode}`).toBe(`${operation.name} 401`);
    }
  });

  it("is open to exactly the roles that have its permission", async () => {
    const unknown = unknownIds();
    for (const role of roles) {
      const member = await tenants.person(owner.workspaceId, role);
      for (const operation of operations) {
        const permission = permissions.find((name) => name === operation.access);
        if (permission === undefined) continue;
        const { path } = requestOf(operation, unknown) ?? { path: operation.path };
        const answer = await member.callPath(operation.method, path);
        const isRefused = answer.status === 403 && answer.body?.code === "http.forbidden";
        expect(`${role} ${operation.name} ${isRefused}`).toBe(
          `${role} ${operation.name} ${!can(role, permission)}`,
        );
      }
    }
  });

  it("that concerns the installation is closed to every role, and open to its admins", async () => {
    const concerned = operations.filter(({ access }) => access === "installation");
    expect(concerned.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["POST /quarantine", "POST /quarantine/release", "POST /installation/admins"]),
    );
    for (const role of roles) {
      const member = await tenants.person(owner.workspaceId, role);
      for (const { name, method, path } of concerned) {
        const { status, body } = await member.callPath(method, path);
        expect(`${role} ${name} ${status} ${body?.code}`).toBe(
          `${role} ${name} 403 http.installation_admins_only`,
        );
      }
    }
    for (const { name, method, path } of concerned) {
      expect(`${name} ${(await owner.callPath(method, path)).status}`).not.toMatch(/ 40[13]$/);
    }
  });

  // Last: these calls change and remove the fixtures.
  it("finds the same ids for their owner, so that the fixtures are real", async () => {
    const order: Method[] = ["GET", "PUT", "PATCH", "POST", "DELETE"];
    const ordered = operations.toSorted(
      (left, right) => order.indexOf(left.method) - order.indexOf(right.method),
    );
    for (const operation of ordered) {
      const request = requestOf(operation, theirs);
      if (request === null) continue;
      const caller = /^\/(sessions|devices)/.test(operation.path) ? tenants.colleague : owner;
      const answer = await caller.callPath(operation.method, request.path, request.body);
      expect(`${operation.name} ${answer.status}`).not.toBe(`${operation.name} 404`);
    }
  });
});
