import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestPerson } from "../support/app.ts";
import { rawPath } from "../support/calls.ts";
import { anyRequestOf, type Operation, startTenants, type Tenants } from "./tenants.harness.ts";

// Two wrongs that have the same effect are one fault: what is compared is not how a route answers a
// stranger, but what the other tenant finds afterwards.

/** The routes as they were while a role in a workspace decided about the installation; only a test has them. */
const planted = ["/seeded/quarantine", "/seeded/release"] as const;

/** Rows are compared after each write; answers, which take longer, after this many. */
const atOnce = 12;

/** Where an admin sees what the workspaces of all have in common; what others do is meant to appear there. */
const gathers = new Set(["GET /installation/invitations", "GET /installation/security-events"]);

let tenants: Tenants;

beforeAll(async () => {
  tenants = await startTenants((app, { deliveries: { quarantine } }) => {
    const route = { config: { access: "workspace.manage" as const }, schema: { hide: true } };
    app.post(rawPath(planted[0]), route, ({ signedIn }) => quarantine.enter(known(signedIn), new Date(0)));
    app.post(rawPath(planted[1]), route, ({ signedIn }) => quarantine.release(known(signedIn)));
  });
});
afterAll(() => tenants.close());

function known<Value>(value: Value | null): Value {
  if (value === null) throw new Error("nobody is signed in");
  return value;
}

/** Every GET of the API as the owner of the first workspace, who is an admin of the installation as well. */
async function answersOf({ operations, owner, theirs }: Tenants): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const operation of operations.filter(({ method }) => method === "GET")) {
    const request = anyRequestOf(operation, theirs);
    if (request === null || gathers.has(operation.name)) continue;
    const { status, body } = await owner.callPath("GET", request.path);
    answers.set(operation.name, `${status} ${stable(JSON.stringify(body))}`);
  }
  return answers;
}

/** An answer without what differs between two calls of the same moment: ids of requests, ends of signed links. */
function stable(text: string): string {
  return text
    .replaceAll(/"requestId":"[^"]*"/g, "")
    .replaceAll(/[?&](?:until|expires|signature|s|e)=[\w.-]+/g, "")
    .replaceAll(/"(?:checkedAt|at)":"[^"]*"/g, "");
}

/**
 * Every table by the digest of its rows: of a tenant's tables those of the first workspace, of all others
 * those that do not name the stranger.
 */
async function rowsOf({ test, owner, stranger }: Tenants): Promise<Map<string, string>> {
  const { system } = test.database;
  const tables = await sql<{ name: string; isTenant: boolean }>`
    select t.relname as name, exists (select from pg_attribute c
      where c.attrelid = t.oid and c.attname = 'workspace_id' and not c.attisdropped) as "isTenant"
    from pg_class t
    where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and has_table_privilege(t.oid, 'select')`.execute(
    system,
  );
  const digests = new Map<string, string>();
  for (const { name, isTenant } of tables.rows) {
    const whose = isTenant
      ? sql`r.workspace_id = ${owner.workspaceId}`
      : name === "workspaces"
        ? sql`r.id = ${owner.workspaceId}`
        : sql`strpos(to_jsonb(r)::text, ${stranger.userId}) = 0`;
    const { rows } = await sql<{ digest: string | null }>`
      select md5(string_agg(r::text, ' ' order by r::text)) as digest
      from ${sql.table(name)} r where ${whose}`.execute(system);
    digests.set(name, rows[0]?.digest ?? "empty");
  }
  return digests;
}

function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...before].filter(([name, was]) => after.get(name) !== was).map(([name]) => name);
}

/** What the first tenant finds changed by one call of the stranger: routes and tables by name. */
async function changedBy(call: () => Promise<unknown>): Promise<string[]> {
  const before = [await answersOf(tenants), await rowsOf(tenants)] as const;
  await call();
  const after = [await answersOf(tenants), await rowsOf(tenants)] as const;
  return [...differences(before[0], after[0]), ...differences(before[1], after[1])];
}

/** It ends the session of the one who calls. */
function isLast({ name }: Operation): boolean {
  return name === "DELETE /sessions/current";
}

function send(who: TestPerson, operation: Operation): Promise<{ status: number }> {
  const request = known(anyRequestOf(operation, tenants.theirs));
  return who.callPath(operation.method, request.path, request.body, request.headers);
}

describe("a write of another tenant's owner", () => {
  it("is sent for every route that writes", () => {
    const writes = tenants.operations.filter(({ method }) => method !== "GET");
    const without = writes.filter((operation) => anyRequestOf(operation, tenants.theirs) === null);
    expect(without.map(({ name }) => name)).toEqual([]);
    expect(writes.length).toBeGreaterThan(50);
  });

  it("is compared with answers and rows that stand still by themselves", { timeout: 90_000 }, async () => {
    expect(await changedBy(async () => undefined)).toEqual([]);
    const answers = await answersOf(tenants);
    expect(answers.size).toBeGreaterThan(30);
    expect([...answers].filter(([, answer]) => answer.startsWith("500"))).toEqual([]);
  });

  it(
    "changes nothing that the first tenant can read, and none of its rows",
    { timeout: 300_000 },
    async () => {
      const { operations, stranger } = tenants;
      const writes = operations.filter(({ method }) => method !== "GET");
      const statuses = new Map<number, number>();
      const [answers, rows] = [await answersOf(tenants), await rowsOf(tenants)];
      const ordered = [...writes.filter((one) => !isLast(one)), ...writes.filter(isLast)];
      for (let at = 0; at < ordered.length; at += atOnce) {
        const group = ordered.slice(at, at + atOnce);
        for (const operation of group) {
          const { status } = await send(stranger, operation);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          const changed = differences(rows, await rowsOf(tenants)).join(", ");
          expect(`${operation.name} ${status} changed ${changed}`).toBe(
            `${operation.name} ${status} changed `,
          );
        }
        const changed = differences(answers, await answersOf(tenants)).join(", ");
        const names = group.map(({ name }) => name).join(", ");
        expect(`${names} changed ${changed}`).toBe(`${names} changed `);
      }
      // Some must succeed, or nothing was tried.
      expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0) + (statuses.get(204) ?? 0)).toBeGreaterThan(
        8,
      );
    },
  );

  it(
    "is found out where a role in a workspace decides about the installation",
    { timeout: 90_000 },
    async () => {
      const other = await tenants.person(tenants.stranger.workspaceId, "owner");
      const entering = await changedBy(() => other.callPath("POST", planted[0]));
      expect(entering).toEqual(expect.arrayContaining(["GET /quarantine", "installation"]));
      const leaving = await changedBy(() => other.callPath("POST", planted[1]));
      expect(leaving).toEqual(expect.arrayContaining(["GET /quarantine", "installation"]));
    },
  );
});
