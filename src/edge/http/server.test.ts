import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "#platform/db";
import { testApp, type TestApp } from "../../../test/support/app.ts";
import { rawPath } from "../../../test/support/calls.ts";
import { testDatabase } from "../../../test/support/database.ts";
import { createNotes } from "../../../test/support/features/notes.ts";
import { openGate } from "../../../test/support/gate.ts";

let test: TestApp;
beforeAll(async () => {
  test = await testApp({ register: createNotes().routes });
});
afterAll(() => test.close());

describe("what is served besides", () => {
  it("describes every route of the API in OpenAPI 3.1", async () => {
    const document = (await test.app.inject("/openapi.json")).json();
    expect(document.openapi).toBe("3.1.0");
    expect(document.paths["/api/v1/notes"].post).toMatchObject({
      operationId: "makeNote",
      description: "Needs the permission `posts.write`.",
      requestBody: { content: { "application/json": { schema: { required: ["text", "kind"] } } } },
      responses: { 201: {}, default: { content: { "application/problem+json": {} } } },
    });
    expect(document.paths["/api/v1/sessions/current"].delete.responses["204"]).toEqual({
      description: "Done; no content.",
    });
    expect(Object.keys(document.paths).every((path) => path.startsWith("/api/v1/"))).toBe(true);
  });

  it.each(["/docs", "/docs/static/swagger-ui-bundle.js", "/docs/json"])("serves %s", async (url) => {
    expect((await test.app.inject(url)).statusCode).toBe(200);
  });

  it("serves a reference to read, without scripts and with everything escaped", async () => {
    const page = await test.app.inject("/redoc");
    expect(page.headers["content-type"]).toContain("text/html");
    expect(page.body).toContain('id="makeNote"');
    expect(page.body).not.toContain("<script");
  });

  it("sets security headers on every answer", async () => {
    for (const url of ["/health", "/nowhere", "/api/v1/setup"]) {
      const { headers } = await test.app.inject(url);
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers["strict-transport-security"]).toBeUndefined();
    }
  });

  it("answers an unknown address of the API as a problem, whatever is accepted", async () => {
    const answer = await test.app.inject({ url: rawPath("/nowhere"), headers: { accept: "text/html" } });
    expect(answer.json()).toMatchObject({ status: 404, code: "http.no_route" });
  });
});

describe("rate limits", () => {
  it("answer 429 with the time to wait", async () => {
    const limited = await testApp({ options: { requestsPerMinute: 3 } });
    try {
      const codes = [];
      for (let index = 0; index < 4; index += 1) codes.push((await limited.app.inject("/health")).statusCode);
      expect(codes).toEqual([200, 200, 200, 429]);
      const refused = await limited.app.inject("/health");
      expect(refused.json()).toMatchObject({ code: "http.rate_limited", retryable: true });
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    } finally {
      await limited.close();
    }
  });
});

describe("a stopped database", () => {
  it("is a 503 that says to try again, until it is back", async () => {
    const direct = await testDatabase();
    const gate = await openGate(new URL(direct.url));
    const database = openDatabase({ url: gate.url, poolSize: 2 });
    const close = async () => {
      await database.close();
      await direct.close();
    };
    const cut = await testApp({ through: { url: gate.url, database, close } });
    try {
      const person = await cut.owner();
      gate.shut();
      for (const operation of ["listMembers", "listAuditEvents"] as const) {
        const answer = await person.call(operation);
        expect(answer.body).toMatchObject({
          status: 503,
          code: "http.database_unavailable",
          retryable: true,
        });
        expect(answer.headers["retry-after"]).toBe("5");
      }
      gate.open();
      expect((await person.call("listMembers")).status).toBe(200);
    } finally {
      await cut.close();
      await gate.close();
    }
  });
});

describe("the server on a socket", () => {
  it("answers a request that is no HTTP and goes on", async () => {
    await test.app.listen({ port: 0, host: "127.0.0.1" });
    const address = test.app.server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const socket = connect(port, "127.0.0.1");
    socket.write("this is not HTTP\r\n\r\n");
    const text = await new Promise<string>((resolve) =>
      socket.once("data", (data) => resolve(data.toString())),
    );
    expect(text).toContain("400");
    socket.destroy();
    expect((await test.app.inject("/health")).statusCode).toBe(200);
  });
});
