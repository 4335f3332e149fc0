import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownMachine, testApp, type TestApp, type TestPerson } from "../../../../test/support/app.ts";
import { requestOf } from "../../../../test/support/calls.ts";
import { startListener } from "../../../../test/support/raw-http.ts";
import { passOn } from "../pass-on.ts";

const metricsToken = "scrape-me-if-you-can-0123456789";
const setUpToken = "printed-in-the-terminal";
/** A name of the machine in the browser, and one that the network knows. */
const local = { ...ownMachine, hosts: ["galley.test"] };
let test: TestApp;
let person: TestPerson;
let closePlatform: () => Promise<void>;

beforeAll(async () => {
  const platform = await startListener("the platform");
  closePlatform = platform.close;
  const target = `http://127.0.0.1:${platform.port}`;
  test = await testApp({
    options: { ...local, metricsToken, setUpToken, trustProxy: 1 },
    registerOutside: async (app) => {
      await passOn(app, { prefix: "/sandbox/mail", target, access: "operator" });
      await passOn(app, { prefix: "/sandbox", target });
    },
  });
  person = await test.owner();
});
afterAll(async () => {
  await test.close();
  await closePlatform();
});

type Caller = { remoteAddress?: string; headers?: Record<string, string> };

async function get(url: string, { remoteAddress = "127.0.0.1", headers = {} }: Caller) {
  const answer = await test.app.inject({ url, remoteAddress, headers: { host: "localhost:80", ...headers } });
  return { status: answer.statusCode, body: answer.body };
}

/** Everybody who must not be taken for this machine. */
const strangers: Record<string, Caller> = {
  "another peer": { remoteAddress: "203.0.113.9" },
  "a peer of the own network": { remoteAddress: "192.168.1.9" },
  "a mapped address": { remoteAddress: "::ffff:203.0.113.9" },
  "the public name": { headers: { host: "galley.test" } },
  ...Object.fromEntries(
    [
      "x-forwarded-for",
      "x-forwarded-host",
      "x-forwarded-proto",
      "forwarded",
      "via",
      "x-real-ip",
      "x-original-forwarded-for",
      "x-envoy-external-address",
      "x-proxyuser-ip",
      "cf-connecting-ip",
      "true-client-ip",
    ].map((name) => [`a proxy that sends ${name}`, { headers: { [name]: "127.0.0.1" } }]),
  ),
};

describe("what is for this machine, people and programs with a token", { timeout: 60_000 }, () => {
  it.each(Object.entries(strangers))("is closed to %s", async (_who, caller) => {
    for (const url of ["/metrics", "/sandbox", "/sandbox/mail"]) {
      expect((await get(url, caller)).status).toBe(401);
    }
    expect(JSON.parse((await get("/ready", caller)).body)).toEqual({ status: "ready" });
    expect((await get("/health", caller)).status).toBe(200);
  });

  it.each([
    ["this machine", {}],
    ["this machine by IPv6", { remoteAddress: "::1", headers: { host: "[::1]:80" } }],
    ["this machine by a mapped address", { remoteAddress: "::ffff:127.0.0.1" }],
    [
      "a program with the token",
      { remoteAddress: "203.0.113.9", headers: { authorization: `Bearer ${metricsToken}` } },
    ],
  ] satisfies [string, Caller][])("is open to %s", async (_who, caller) => {
    for (const url of ["/metrics", "/sandbox"]) expect((await get(url, caller)).status).toBe(200);
    expect(JSON.parse((await get("/ready", caller)).body)).toHaveProperty("checks");
  });

  it("is open to people who are signed in", async () => {
    for (const headers of [{ cookie: person.cookie }, { authorization: `Bearer ${person.bearer}` }]) {
      const caller = { remoteAddress: "203.0.113.9", headers };
      for (const url of ["/metrics", "/sandbox"]) expect((await get(url, caller)).status).toBe(200);
      expect(JSON.parse((await get("/ready", caller)).body)).toHaveProperty("checks");
    }
  });

  it("shows what was mailed to this machine and to admins of the installation, and to nobody else", async () => {
    const remoteAddress = "203.0.113.9";
    const asPerson = { remoteAddress, headers: { cookie: person.cookie } };
    expect((await get("/sandbox/mail", {})).status).toBe(200);
    for (const url of [
      "/sandbox/mail",
      "/sandbox/mail/messages/1/raw",
      "/sandbox//mail",
      "/sandbox/%6dail",
    ]) {
      const { status, body } = await get(url, asPerson);
      // Another way to write the address is at most one of the other platform.
      expect(`${url} ${status}`).toMatch(url.startsWith("/sandbox/mail") ? / 403$/ : / (200|40\d)$/);
      if (status === 403) expect(body).toContain("http.installation_admins_only");
    }
    const withToken = { remoteAddress, headers: { authorization: `Bearer ${metricsToken}` } };
    expect((await get("/sandbox/mail", withToken)).status).toBe(401);
    const admin = await test.owner();
    await test.features.installation.addAdmin({ kind: "machine" }, admin.email);
    const asAdmin = { remoteAddress, headers: { cookie: admin.cookie } };
    expect((await get("/sandbox/mail", asAdmin)).status).toBe(200);
  });

  it("is closed with a token that is not it", async () => {
    for (const token of ["", "x", `${metricsToken}x`, setUpToken]) {
      const caller = { remoteAddress: "203.0.113.9", headers: { authorization: `Bearer ${token}` } };
      expect((await get("/metrics", caller)).status).toBe(401);
    }
  });

  it.each([
    ["an https proxy must stand in front", "https://galley.test"],
    ["people come by another name", "http://galley.test"],
    ["people come by an address of the network", "http://192.168.1.7:3000"],
  ])("takes nobody for this machine where %s", async (_why, publicUrl) => {
    const behind = await testApp({ options: { publicUrl } });
    try {
      expect((await behind.app.inject("/metrics")).statusCode).toBe(401);
      expect((await behind.app.inject(requestOf("setUpNeeded"))).json()).toEqual({
        needed: true,
        tokenNeeded: true,
      });
    } finally {
      await behind.close();
    }
  });
});

function toSetUp({ remoteAddress = "127.0.0.1", headers = {} }: Caller, token: Record<string, string>) {
  return {
    ...requestOf("setUpNeeded"),
    remoteAddress,
    headers: { host: "localhost:80", ...headers, ...token },
  };
}

describe("the first set-up", { timeout: 60_000 }, () => {
  const body = {
    name: "Mallory",
    email: "mallory@example.com",
    password: "a stranger in the night",
    workspaceName: "Mine",
    timeZone: "UTC",
  };

  it("asks everybody else for the token, and is theirs who have it", async () => {
    const fresh = await testApp({ options: { ...local, setUpToken } });
    try {
      const tokens = [{}, { "galley-setup-token": "guessed" }, { "galley-setup-token": metricsToken }];
      for (const [index, caller] of Object.values(strangers).entries()) {
        const state = await fresh.app.inject(toSetUp(caller, {}));
        expect(state.json()).toEqual({ needed: true, tokenNeeded: true });
        const sent = toSetUp(caller, tokens[index % tokens.length] ?? {});
        const refused = await fresh.app.inject({ ...sent, method: "POST", payload: body });
        expect(refused.json()).toMatchObject({ status: 403, code: "http.setup_token" });
      }
      const stranger = toSetUp({ remoteAddress: "203.0.113.9" }, { "galley-setup-token": setUpToken });
      const made = await fresh.app.inject({ ...stranger, method: "POST", payload: body });
      expect(made.statusCode).toBe(201);
    } finally {
      await fresh.close();
    }
  });

  it("asks this machine for nothing", async () => {
    const fresh = await testApp({ options: { ...local, setUpToken } });
    try {
      expect((await fresh.app.inject(requestOf("setUpNeeded"))).json()).toEqual({ needed: true });
      const made = await fresh.app.inject({ ...requestOf("setUp"), payload: body });
      expect(made.statusCode).toBe(201);
    } finally {
      await fresh.close();
    }
  });

  it("is closed to others where there is no token at all", async () => {
    const fresh = await testApp();
    try {
      const asked = {
        ...requestOf("setUp"),
        payload: body,
        remoteAddress: "203.0.113.9",
      } as const;
      for (const headers of [{}, { "galley-setup-token": "" }, { "galley-setup-token": "null" }]) {
        expect((await fresh.app.inject({ ...asked, headers })).statusCode).toBe(403);
      }
    } finally {
      await fresh.close();
    }
  });
});
