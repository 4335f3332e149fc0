import { afterAll, beforeAll, expect, it } from "vitest";
import { passOn } from "../../src/edge/http/index.ts";
import { platformPaths } from "../../src/app/platforms.ts";
import { ownMachine, testApp, type TestApp, type TestPerson } from "../support/app.ts";
import { type Listener, startListener } from "../support/raw-http.ts";

// All workspaces share the built-in platforms: everybody may use them, and only admins of the installation steer them.

let sandbox: Listener;
let test: TestApp;
beforeAll(async () => {
  sandbox = await startListener("the sandbox");
  const paths = platformPaths({
    sandbox: { url: `http://127.0.0.1:${sandbox.port}`, publicUrl: "http://localhost/sandbox" },
    mailCatcher: null,
    stop: async () => undefined,
  });
  test = await testApp({
    options: { ...ownMachine, hosts: ["galley.test"] },
    registerOutside: async (app) => {
      for (const path of paths) await passOn(app, path);
    },
  });
});
afterAll(async () => {
  await test.close();
  await sandbox.close();
});

function as({ bearer }: TestPerson) {
  return { authorization: `Bearer ${bearer}` };
}

it("lets admins alone set the faults of the sandbox and end its tokens", { timeout: 60_000 }, async () => {
  const [person, admin] = [await test.owner(), await test.owner()];
  await test.features.installation.addAdmin({ kind: "machine" }, admin.email);
  const status = async (url: string, headers: Record<string, string>, remoteAddress = "203.0.113.9") =>
    (
      await test.app.inject({
        method: "POST",
        url,
        headers: { host: "localhost:80", ...headers },
        remoteAddress,
      })
    ).statusCode;
  for (const url of ["/sandbox/faults", "/sandbox/control/revoke-tokens"]) {
    expect(await status(url, as(person)), url).toBe(403);
    expect(await status(url, as(admin)), url).toBe(200);
    expect(await status(url, {}, "127.0.0.1"), url).toBe(200);
  }
  // Written in another way it is no other door.
  for (const url of ["/sandbox/f%61ults", "/sandbox/%63ontrol/faults"]) {
    expect(await status(url, as(person)), url).toBe(403);
  }
  expect(await status("/sandbox/oauth/authorize", as(person))).toBe(200);
  expect(sandbox.seen).toHaveLength(5);
});
