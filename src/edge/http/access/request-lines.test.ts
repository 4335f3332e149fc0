import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownMachine, testApp, type TestApp } from "../../../../test/support/app.ts";
import { type Listener, type RawAnswer, sendRaw, startListener } from "../../../../test/support/raw-http.ts";
import { passOn } from "../pass-on.ts";

let test: TestApp;
/** What nobody may reach, and the platform that is passed on below `/sandbox`. */
let canary: Listener;
let platform: Listener;
let port: number;

beforeAll(async () => {
  canary = await startListener("the canary's secret");
  platform = await startListener("the platform");
  const target = `http://127.0.0.1:${platform.port}`;
  test = await testApp({
    options: { ...ownMachine, hosts: ["galley.test"] },
    registerOutside: (app) => passOn(app, { prefix: "/sandbox", target }),
  });
  await test.app.listen({ port: 0, host: "127.0.0.1" });
  port = (test.app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await test.close();
  await Promise.all([canary.close(), platform.close()]);
});

function ask(line: string, ...headers: string[]): Promise<RawAnswer> {
  const head = headers.length > 0 ? headers : [`Host: 127.0.0.1:${port}`];
  return sendRaw(port, `${[line, ...head, "Connection: close"].join("\r\n")}\r\n\r\n`);
}

async function each<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  async function next(): Promise<void> {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  }
  await Promise.all(Array.from({ length: 16 }, next));
}

/** Every way to write where the canary is, before and behind the prefix that is passed on. */
function targets(): string[] {
  const there = `127.0.0.1:${canary.port}`;
  const authorities = [
    there,
    `localhost:${canary.port}`,
    `user:secret@${there}`,
    `127.0.0.1:${port}@${there}`,
    `${there}#@127.0.0.1:${port}`,
    `[::ffff:7f00:1]:${canary.port}`,
    `2130706433:${canary.port}`,
  ];
  const paths = [
    "/",
    "/sandbox",
    "/sandbox/",
    "/sandbox/../latest",
    "/sandbox/%2e%2e/latest",
    "/sandbox?a=b",
  ];
  const schemes = [
    "http://",
    "HTTP://",
    "https://",
    "http:",
    "http:/",
    "http:///",
    "ftp://",
    "file://",
    "ws://",
  ];
  const absolute = schemes.flatMap((scheme) =>
    authorities.flatMap((authority) => paths.map((path) => `${scheme}${authority}${path}`)),
  );
  const relative = authorities.flatMap((authority) => [
    `//${authority}/sandbox/`,
    `///${authority}/sandbox`,
    `/\\${authority}/sandbox`,
    `\\\\${authority}/sandbox`,
    `/sandbox/..//${authority}/`,
    `/sandbox/\\..\\${authority}`,
    `@${authority}/sandbox`,
    `sandbox/../${authority}`,
    authority,
  ]);
  return [...absolute, ...relative, "*", "sandbox", "?a=b", "#", "."];
}

const dots = ["..", ".", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%2e"];
const slashes = ["/", "\\", "%5c", "%2f", "%252f", "%5C"];

/** Ways out of the prefix, and signs that readers take differently. */
function ambiguous(): string[] {
  const climbs = dots.flatMap((dot) =>
    slashes.flatMap((slash) => [
      `/sandbox/${dot}${slash}api/v1/setup`,
      `/sandbox/a${slash}${dot}${slash}${dot}${slash}secret`,
    ]),
  );
  const ends = dots.map((dot) => `/sandbox/${dot}`);
  const signs = [
    "%00",
    "%0d%0a",
    "%09",
    "%7f",
    "\u0001",
    "%5c",
    "\\",
    "\u00e4",
    "<",
    '"',
    "`",
    "#a",
    "%",
    "%zz",
  ];
  return [...climbs, ...ends, ...signs.map((sign) => `/sandbox/a${sign}b`)];
}

describe("a request line", () => {
  it("that is no plain path is refused, and nothing but the platform's own prefix is ever reached", async () => {
    const all = [...targets(), ...ambiguous()];
    expect(all.length).toBeGreaterThan(500);
    const others: string[] = [];
    for (const method of ["GET", "POST"]) {
      await each(all, async (target) => {
        const answer = await ask(
          `${method} ${target} HTTP/1.1`,
          `Host: 127.0.0.1:${port}`,
          "Content-Length: 0",
        );
        if (answer.status !== 400) others.push(`${method} ${target}: ${answer.status}`);
        else expect(answer.head).toContain("application/problem+json");
        expect(answer.body).not.toContain("canary");
      });
    }
    expect(others).toEqual([]);
    expect(canary.seen).toEqual([]);
    expect(platform.seen).toEqual([]);
  }, 60_000);

  it.each([
    "CONNECT 127.0.0.1:1 HTTP/1.1",
    "GET /a /b HTTP/1.1",
    "GET  HTTP/1.1",
    "GET / HTTP/9.9",
    "NONSENSE",
  ])("%s gets no answer but a refusal", async (line) => {
    const { status } = await ask(line);
    expect([400, null]).toContain(status);
  });

  it("that is split by line breaks asks for nothing more than its first line", async () => {
    const smuggled = `GET http://127.0.0.1:${canary.port}/ HTTP/1.1`;
    await ask(`GET /sandbox/a HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: y\n${smuggled}`);
    await ask(`GET /sandbox/%0d%0a${encodeURIComponent(smuggled)} HTTP/1.1`);
    expect(canary.seen).toEqual([]);
  });

  it("below the prefix is passed on as it is written", async () => {
    platform.seen.length = 0;
    const plain = ["/sandbox", "/sandbox/", "/sandbox/a%20b/c;d=1?e=f&g=%2e%2e/..&h=//x", "/sandbox/mail/1"];
    for (const target of plain) expect((await ask(`GET ${target} HTTP/1.1`)).body).toContain("the platform");
    expect(platform.seen).toEqual(plain.map((target) => `GET ${target}`));
  });

  it("for a neighbour of the prefix is not passed on", async () => {
    platform.seen.length = 0;
    for (const target of ["/sandboxes", "/sandbox.", "/Sandbox/a", "/sandbox%2fa", "/a//sandbox/b"]) {
      expect((await ask(`GET ${target} HTTP/1.1`)).status).toBe(404);
    }
    expect(platform.seen).toEqual([]);
  });
});

describe("a host name", () => {
  it.each([
    "evil.example",
    "evil.example:PORT",
    "127.0.0.1.evil.example:PORT",
    "localhost.evil.example:PORT",
    "localhost:1",
    "127.0.0.1:1",
    "localhost.:PORT",
    "evil.example@127.0.0.1:PORT",
    "127.0.0.1:PORT@evil.example",
    "10.0.0.5:PORT",
    "[::2]:PORT",
    "0.0.0.0:PORT",
    "galley.test.evil.example",
    "",
  ])("that is not ours (%s) is answered with 421", async (host) => {
    for (const version of ["1.1", "1.0"]) {
      const answer = await ask(
        `GET /api/v1/setup HTTP/${version}`,
        `Host: ${host.replace("PORT", `${port}`)}`,
      );
      expect(answer).toMatchObject({ status: 421 });
      expect(answer.head).toContain("application/problem+json");
    }
  });

  it("that is missing or there twice is answered with 421", async () => {
    expect((await ask("GET / HTTP/1.1", "X: y")).status).toBe(421);
    expect((await ask("GET / HTTP/1.0", "X: y")).status).toBe(421);
    const twice = [`Host: 127.0.0.1:${port}`, "Host: evil.example"];
    expect((await ask("GET /health HTTP/1.1", ...twice)).status).toBe(421);
  });

  it.each([
    "127.0.0.1:PORT",
    "localhost:PORT",
    "LOCALHOST:PORT",
    "[::1]:PORT",
    "galley.test",
    "galley.test:8080",
  ])("of ours (%s) is answered", async (host) => {
    expect((await ask("GET /health HTTP/1.1", `Host: ${host.replace("PORT", `${port}`)}`)).status).toBe(200);
  });

  it("that HOSTS names is answered, with its port where it has one", async () => {
    const named = await testApp({ options: { hosts: ["galley.lan", "10.0.0.5:8080"] } });
    const status = async (host: string) =>
      (await named.app.inject({ url: "/health", headers: { host } })).statusCode;
    try {
      expect(await status("galley.lan")).toBe(200);
      expect(await status("galley.lan:1234")).toBe(200);
      expect(await status("10.0.0.5:8080")).toBe(200);
      expect(await status("10.0.0.5:8081")).toBe(421);
      expect(await status("galley.lan.evil.example")).toBe(421);
    } finally {
      await named.close();
    }
  });
});
