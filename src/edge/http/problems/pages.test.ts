import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "#platform/http-client";
import { testApp, type TestApp } from "../../../../test/support/app.ts";
import { createNotes } from "../../../../test/support/features/notes.ts";
import { sendRaw } from "../../../../test/support/raw-http.ts";

const browser = {
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
};
let test: TestApp;
beforeAll(async () => {
  test = await testApp({ register: createNotes().routes });
});
afterAll(() => test.close());

describe("what fails where a person looks", () => {
  it.each([
    ["/api/v1/nowhere", 404],
    ["/api/v1/me", 401],
    ["/api/v1/notes/not-an-id", 401],
    ["/media/nothing", 404],
    ["/assets/old.js", 404],
    ["/site/mistyped/entry/more", 404],
    ["/docs/nowhere", 404],
    ["/%zz", 400],
  ])("is a page in words: %s", async (url, status) => {
    const answer = await test.app.inject({ url, headers: browser });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toContain("text/html");
    expect(answer.body).toContain("<h1>");
    expect(answer.body).not.toContain("<script");
    expect(answer.body).toContain(String(answer.headers["x-request-id"]));
  });

  it.each(["/api/v1/nowhere", "/media/nothing", "/site/mistyped/entry/more", "/%zz"])(
    "is a problem document for a program: %s",
    async (url) => {
      for (const headers of [{ accept: "*/*" }, { accept: "application/json, text/html" }, {}]) {
        const answer = await test.app.inject({ url, headers });
        expect(answer.headers["content-type"]).toBe("application/problem+json");
        expect(answer.json()).toHaveProperty("requestId");
      }
    },
  );

  it("says so with what the address held escaped", async () => {
    const host = "a'><img src=x>";
    const answer = await test.app.inject({ url: "/", headers: { ...browser, host } });
    expect(answer.statusCode).toBe(421);
    expect(answer.body).toContain("http://galley.test");
    expect(answer.body).not.toContain("<img");
  });
});

function asking(host: string, accept: string): string {
  const lines = ["GET /channels?tab=all HTTP/1.1", `Host: ${host}`, `Accept: ${accept}`, "Connection: close"];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

describe("a person who came by another name of this machine", { timeout: 60_000 }, () => {
  it("is led to the name that sessions and platforms know, and a program is not", async () => {
    const port = await freePort("127.0.0.1");
    const home = await testApp({ options: { publicUrl: `http://127.0.0.1:${port}` } });
    await home.app.listen({ port, host: "127.0.0.1" });
    try {
      const led = await sendRaw(port, asking(`localhost:${port}`, "text/html"));
      expect(led.status).toBe(307);
      expect(led.head.toLowerCase()).toContain(`location: http://127.0.0.1:${port}/channels?tab=all`);
      expect((await sendRaw(port, asking(`127.0.0.1:${port}`, "text/html"))).status).not.toBe(307);
      expect((await sendRaw(port, asking(`localhost:${port}`, "application/json"))).status).toBe(404);
    } finally {
      await home.close();
    }
  });
});
