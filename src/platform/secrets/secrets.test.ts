import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#kit";
import { buildWorkspace } from "../../../test/support/builders.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { testDatabase } from "../../../test/support/database.ts";
import type { SecretPlace, Secrets } from "./secrets.ts";
import { createSecrets } from "./secrets.ts";

const key = randomBytes(32);
const canary = "canary-token-3b1f";
let setup: TestDatabase;
let secrets: Secrets;
let place: SecretPlace;

beforeAll(async () => {
  setup = await testDatabase();
  secrets = createSecrets({ database: setup.database, key });
  const workspace = await buildWorkspace(setup.database);
  place = { workspaceId: workspace.id, table: "channels", column: "credentials", row: newId() };
});
afterAll(() => setup.close());

function newProcess(withKey: Uint8Array = key): Secrets {
  return createSecrets({ database: setup.database, key: withKey });
}

test("what was sealed opens, here and in another process, and never looks the same twice", async () => {
  const [first, second] = await Promise.all([secrets.seal(place, canary), newProcess().seal(place, canary)]);
  expect(first.equals(second)).toBe(false);
  expect(first.includes(canary)).toBe(false);
  expect(await secrets.openText(place, second)).toBe(canary);
  expect(await newProcess().openText(place, first)).toBe(canary);
});

test("nothing and a megabyte can be sealed", async () => {
  for (const plain of [Buffer.alloc(0), randomBytes(1_000_000)]) {
    expect((await secrets.open(place, await secrets.seal(place, plain))).equals(plain)).toBe(true);
  }
});

test("a value that was moved does not open", async () => {
  const sealed = await secrets.seal(place, canary);
  const other = await buildWorkspace(setup.database);
  await secrets.seal({ ...place, workspaceId: other.id }, "so that it has a key");
  for (const moved of [
    { row: newId() },
    { column: "code_verifier" },
    { table: "accounts" },
    { workspaceId: other.id },
    { table: "channels.credentials", column: "" },
  ]) {
    await expect(secrets.open({ ...place, ...moved }, sealed)).rejects.toMatchObject({
      code: "secrets.damaged",
    });
  }
});

test("a change of any byte is seen", async () => {
  const sealed = await secrets.seal(place, canary);
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    // Of the key's version too: then that key is missing.
    await expect(secrets.open(place, changed)).rejects.toThrow(/does not open|is missing/);
  }
  for (const length of [0, 1, 5, 20, 32, sealed.length - 1]) {
    await expect(secrets.open(place, sealed.subarray(0, length))).rejects.toMatchObject({
      code: "secrets.damaged",
    });
  }
});

test("another installation's key is named as such, without a secret", async () => {
  const sealed = await secrets.seal(place, canary);
  const error: unknown = await newProcess(randomBytes(32))
    .open(place, sealed)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "secrets.wrong_key" });
  expect(JSON.stringify(error)).not.toContain(key.toString("base64"));
});

test("under a changed key new values seal and open, the former ones wait for the former key", async () => {
  const workspace = await buildWorkspace(setup.database);
  const there = { ...place, workspaceId: workspace.id };
  const former = await secrets.seal(there, canary);
  const changed = newProcess(randomBytes(32));
  expect(await changed.openText(there, await changed.seal(there, "new"))).toBe("new");
  await expect(changed.open(there, former)).rejects.toMatchObject({ code: "secrets.wrong_key" });
  expect(await newProcess().openText(there, former)).toBe(canary);
});

test("a rotation seals under a new key and still opens the old, in every process", async () => {
  const before = await secrets.seal(place, canary);
  const other = newProcess();
  expect(await other.openText(place, before)).toBe(canary);
  const version = await secrets.rotate(place.workspaceId);
  const after = await secrets.seal(place, canary);
  expect(after.readUInt32BE(1)).toBe(version);
  expect(await secrets.isCurrent(place, before)).toBe(false);
  expect(await secrets.isCurrent(place, after)).toBe(true);
  expect(await other.openText(place, after)).toBe(canary);
  expect(await secrets.openText(place, before)).toBe(canary);
});

test("processes that start a workspace's first key together agree on one", async () => {
  const workspace = await buildWorkspace(setup.database);
  const fresh = { ...place, workspaceId: workspace.id };
  const processes = Array.from({ length: 8 }, () => newProcess());
  const sealed = await Promise.all(processes.map((one) => one.seal(fresh, canary)));
  for (const one of sealed) expect(await secrets.openText(fresh, one)).toBe(canary);
});

test("a changed GALLEY_KEY adopts what the former one wrapped", async () => {
  const sealed = await secrets.seal(place, canary);
  const changed = newProcess(randomBytes(32));
  expect(await changed.adopt(key)).toBeGreaterThan(0);
  expect(await changed.openText(place, sealed)).toBe(canary);
  expect(await changed.adopt(key)).toBe(0);
  await expect(newProcess().open(place, sealed)).rejects.toMatchObject({ code: "secrets.wrong_key" });
});

test("requests of people cannot read the keys", async () => {
  const keys = setup.database.inWorkspace(place.workspaceId, (transaction) =>
    transaction.selectFrom("workspace_keys").selectAll().execute(),
  );
  await expect(keys).rejects.toMatchObject({ code: "42501" });
});
