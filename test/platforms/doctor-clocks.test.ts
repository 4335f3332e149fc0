import { expect, test as base } from "vitest";
import { startMastodon } from "#emulator";
import { createHttpClient } from "#platform/http-client";
import { agree } from "../acceptance/consent.ts";
import { testApp } from "../support/app.ts";
import { giveClock, stepClock } from "../support/clock.ts";
import { comeBack } from "../support/features/channels.ts";
import { movableClock } from "../support/features/desk.ts";

/** The doctor names the clock that is wrong: with real servers, and a database whose clock can be set. */
const minute = 60_000;
const publicUrl = "http://127.0.0.1:3000";

type Server = Awaited<ReturnType<typeof startMastodon>>;

const clock = movableClock();
const test = base
  .extend("servers", { scope: "file" }, async ({}, { onCleanup }) => {
    const loopback = { host: "127.0.0.1", port: 0, publicUrl: null };
    const servers = [await startMastodon(loopback), await startMastodon(loopback)];
    onCleanup(async () => void (await Promise.all(servers.map((server) => server.close()))));
    return servers;
  })
  .extend("app", { scope: "file" }, async ({ servers }, { onCleanup }) => {
    const http = createHttpClient({ allowOrigins: servers.map(({ url }) => url) });
    const app = await testApp({ clock, serves: ["channels"], services: { http, publicUrl } });
    onCleanup(app.close);
    await giveClock(app.url);
    return app;
  })
  /** With an account on each server. */
  .extend("ada", { scope: "file" }, async ({ app, servers }) => {
    const ada = await app.owner();
    for (const { url } of servers) {
      const form = { connector: "mastodon", form: { server: url } };
      const asked = await ada.call("authorizeChannel", { body: form });
      const back = await agree(asked.body.authorizeUrl, publicUrl, { username: "ada" });
      await comeBack(ada, back);
    }
    return ada;
  })
  .extend("clocks", ({ ada }) => async () => {
    const { body } = await ada.call("examinePlatform", { params: { connector: "mastodon" } });
    return body.channels.flatMap(({ findings }) => findings.filter(({ code }) => code === "doctor.clock"));
  });

async function setServer(server: Server | undefined, advanceMs: number): Promise<void> {
  const request = { method: "POST", body: JSON.stringify({ advanceMs }) };
  expect((await fetch(`${server?.url}/control/clock`, request)).status).toBe(200);
}

test("the doctor finds nothing where all agree", async ({ clocks }) => {
  expect((await clocks()).map(({ level }) => level)).toEqual(["ok", "ok"]);
});

test("the doctor names the platform that is off alone, and the other one stays well", async ({
  servers,
  clocks,
}) => {
  await setServer(servers[0], 11 * minute);
  const found = await clocks();
  await setServer(servers[0], -11 * minute);
  const { host } = new URL(servers[0]?.url ?? "");
  expect(found.map(({ level }) => level).toSorted()).toEqual(["ok", "warning"]);
  expect(found.map(({ problem }) => problem).join()).toContain(
    `The clock of Mastodon (${host}) is 11 minutes ahead of Galley's and that of Mastodon`,
  );
});

test("the doctor names the database's clock, by how much it is off and what to do", async ({
  app,
  clocks,
}) => {
  await stepClock(app.url, { byMs: -60 * minute });
  const found = await clocks();
  await stepClock(app.url, { byMs: 60 * minute });
  expect(found.map(({ level }) => level)).toEqual(["error", "error"]);
  expect(found[0]?.problem).toMatch(
    /^The database's clock is 60 minutes behind Mastodon .* and this machine/u,
  );
});
