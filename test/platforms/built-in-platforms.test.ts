import { expect, test as base } from "vitest";
import { platformPaths } from "../../src/app/platforms.ts";
import { passOn } from "../../src/edge/http/index.ts";
import { ownMachine, testApp, type TestPerson } from "../support/app.ts";
import { startListener } from "../support/raw-http.ts";

// All workspaces share the built-in platforms: everybody may use them, and only admins of the installation steer them.

const test = base
  .extend("sandbox", { scope: "file" }, async ({}, { onCleanup }) => {
    const sandbox = await startListener("the sandbox");
    onCleanup(() => sandbox.close());
    return sandbox;
  })
  .extend("app", { scope: "file" }, async ({ sandbox }, { onCleanup }) => {
    const paths = platformPaths({
      sandbox: { url: `http://127.0.0.1:${sandbox.port}`, publicUrl: "http://localhost/sandbox" },
      mailCatcher: null,
      stop: async () => undefined,
    });
    const app = await testApp({
      options: { ...ownMachine, hosts: ["galley.test"] },
      registerOutside: async (outside) => {
        for (const path of paths) await passOn(outside, path);
      },
    });
    onCleanup(app.close);
    return app;
  });

function as({ bearer }: TestPerson) {
  return { authorization: `Bearer ${bearer}` };
}

test(
  "lets admins alone set the faults of the sandbox and end its tokens",
  { timeout: 60_000 },
  async ({ sandbox, app }) => {
    const [person, admin] = [await app.owner(), await app.owner()];
    await app.features.installation.addAdmin({ kind: "machine" }, admin.email);
    const status = async (url: string, headers: Record<string, string>, remoteAddress = "203.0.113.9") =>
      (
        await app.app.inject({
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
  },
);
