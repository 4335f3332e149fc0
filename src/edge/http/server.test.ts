import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { GalleyError, newId } from "#kit";
import { actorOf, type App, idParams, instant } from "#platform/wire";
import { openDatabase } from "#platform/db";
import { testDatabase } from "../../../test/database.ts";
import { testApp, type TestApp, testOrigin, testPassword, type TestPerson } from "../../../test/app.ts";

const note = z.object({ id: z.uuid(), text: z.string(), at: instant.nullable() });
const noteBody = z.object({
  text: z.string().trim().min(1).max(20),
  at: instant.nullable().optional(),
  tags: z.array(z.enum(["red", "blue"])).default([]),
  kind: z.discriminatedUnion("name", [
    z.object({ name: z.literal("plain") }),
    z.object({ name: z.literal("loud"), volume: z.int().min(1) }),
  ]),
  even: z
    .int()
    .refine((value) => value % 2 === 0, "This must be even.")
    .optional(),
});

let made = 0;
let release: () => void = () => undefined;

/** A feature of this test: notes that can be made, read, and that fail in every way. */
function noteRoutes(app: App): void {
  const schema = { operationId: "note", tags: ["Notes"] };
  app.post(
    "/notes",
    {
      config: { access: "posts.write", idempotent: true },
      schema: { ...schema, body: noteBody, response: { 201: note } },
    },
    async (request, reply) => {
      const { text, at = null } = request.body;
      if (text === "conflict")
        throw new GalleyError({ code: "notes.taken", kind: "conflict", message: "Taken." });
      if (text === "slow") await new Promise<void>((resolve) => (release = resolve));
      made += 1;
      return reply.code(201).send({ id: newId(), text, at });
    },
  );
  app.get(
    "/notes/:id",
    {
      config: { access: "posts.read" },
      schema: {
        ...schema,
        operationId: "getNote",
        params: idParams,
        querystring: z.object({ limit: z.int().min(1).default(7), loud: z.boolean().optional() }),
        response: { 200: note },
      },
    },
    async (request) => {
      const { limit, loud } = request.query;
      const secret = { text: `${limit} ${loud} ${actorOf(request).role}`, password: "never leaves" };
      return { id: request.params.id, at: null, ...secret };
    },
  );
  app.post("/broken", { config: { access: "public" }, schema: { hide: true } }, () => {
    throw new Error("the password is hunter2");
  });
}

let test: TestApp;
let owner: TestPerson;
beforeAll(async () => {
  test = await testApp({ register: noteRoutes });
  owner = await test.owner();
});
afterAll(() => test.close());

const body = { text: "hello", kind: { name: "plain" } };

describe("input", () => {
  it.each([
    [{ kind: { name: "plain" } }, "/text", "http.required"],
    [{ text: "hello", kind: { name: "loud" } }, "/kind/volume", "http.required"],
    [{ ...body, text: 5 }, "/text", "http.type"],
    [{ ...body, text: "x".repeat(21) }, "/text", "http.max_length"],
    [{ ...body, text: "   " }, "/text", "http.too_small"],
    [{ ...body, tags: ["green"] }, "/tags/0", "http.enum"],
    [{ ...body, at: "tomorrow" }, "/at", "http.pattern"],
    [{ ...body, even: 3 }, "/even", "http.custom"],
  ])("%j is refused at %s", async (input, path, code) => {
    const answer = await owner.call<{ errors: object[] }>("POST", "/notes", input);
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path, code }));
  });

  it("is read from text in a query, and only there", async () => {
    const id = newId();
    const answer = await owner.call("GET", `/notes/${id}?limit=3&loud=true`);
    expect(answer.body).toEqual({ id, text: "3 true owner", at: null });
    expect((await owner.call("GET", `/notes/${id}`)).body).toMatchObject({ text: "7 undefined owner" });
    expect((await owner.call("GET", "/notes/5")).body).toMatchObject({
      status: 400,
      errors: [{ path: "/id" }],
    });
  });

  it("loses the spaces that its schema trims", async () => {
    expect((await owner.call("POST", "/notes", { ...body, text: "  hi " })).body).toMatchObject({
      text: "hi",
    });
  });

  const raw = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    test.app.inject({
      method: "POST",
      url: "/api/v1/notes",
      payload,
      headers: { authorization: `Bearer ${owner.bearer}`, "content-type": "application/json", ...headers },
    });

  it.each([
    ["100,000 brackets", "[".repeat(100_000) + "]".repeat(100_000), "http.json_too_deep"],
    ["objects in objects", '{"a":'.repeat(65) + "1" + "}".repeat(65), "http.json_too_deep"],
    ["half an object", '{"text":', "http.not_json"],
    ["a poisoned prototype", '{"__proto__":{"admin":true}}', "http.not_json"],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), "http.not_utf8"],
  ])("with %s is refused before anything reads it", async (_name, payload, code) => {
    const answer = await raw(payload);
    expect(answer.json()).toMatchObject({ status: 400, code });
  });

  it("may hold brackets in text, and 64 levels", async () => {
    const deep = `{"text":"hello","kind":{"name":"plain","x":${"[".repeat(62)}${"]".repeat(62)}}}`;
    expect((await raw(deep)).statusCode).toBe(201);
    expect((await raw(JSON.stringify({ ...body, more: '[{"'.repeat(500) }))).statusCode).toBe(201);
  });

  it("with half a character or NUL is refused with its place", async () => {
    const answer = await raw('{"text":"a\\ud83d b","kind":{"na/me":"\\u0000"}}');
    expect(answer.json()).toMatchObject({
      status: 400,
      code: "http.broken_text",
      errors: [
        { path: "/text", code: "text.lone_surrogate" },
        { path: "/kind/na~1me", code: "text.nul" },
      ],
    });
    expect((await raw('{"text":"\\ud83d\\ude00","kind":{"name":"plain"}}')).json()).toMatchObject({
      text: "😀",
    });
  });

  it("that is too large or no JSON is refused", async () => {
    expect((await raw(`"${"x".repeat(9 * 1024 * 1024)}"`)).json()).toMatchObject({ status: 413 });
    const form = await raw("text=hello", { "content-type": "application/x-www-form-urlencoded" });
    expect(form.json()).toMatchObject({ status: 415, code: "http.invalid_media_type" });
  });
});

describe("a failure of ours", () => {
  it("is told without its cause", async () => {
    const answer = await test.app.inject({ method: "POST", url: "/api/v1/broken" });
    expect(answer.json()).toMatchObject({ status: 500, code: "http.internal", errors: [] });
    expect(answer.body).not.toContain("hunter2");
    expect(answer.json().requestId).toBe(answer.headers["x-request-id"]);
  });

  it("keeps a harmless request id and replaces any other", async () => {
    const ask = (id: string) => test.app.inject({ url: "/health", headers: { "x-request-id": id } });
    expect((await ask("deploy-17")).headers["x-request-id"]).toBe("deploy-17");
    expect((await ask("a\tb")).headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ask("x".repeat(65))).headers["x-request-id"]).toHaveLength(36);
  });
});

describe("access", () => {
  it("must be named by every route", async () => {
    const start = testApp({ register: (app) => void app.get("/forgotten", () => "open to all") });
    await expect(start).rejects.toThrow("missing at GET /api/v1/forgotten, HEAD /api/v1/forgotten");
  });

  it("is refused without a session and without the permission", async () => {
    const viewer = await test.member(owner, "viewer");
    expect((await test.app.inject(`/api/v1/notes/${newId()}`)).statusCode).toBe(401);
    expect((await viewer.call("GET", `/notes/${newId()}`)).status).toBe(200);
    expect((await viewer.call("POST", "/notes", body)).body).toMatchObject({
      status: 403,
      code: "http.forbidden",
    });
  });

  it("to a strange workspace answers as to one that does not exist", async () => {
    const stranger = await test.owner();
    const answers = await Promise.all(
      [owner.workspaceId, newId()].map((id) =>
        stranger.call("GET", `/notes/${newId()}`, undefined, { "galley-workspace": id }),
      ),
    );
    const [real, unknown] = answers.map(({ status, body: { requestId: _, ...rest } }) => ({ status, rest }));
    expect(real).toEqual(unknown);
    expect(real?.status).toBe(404);
    expect((await owner.call("GET", "/me", undefined, { "galley-workspace": "' or 1=1" })).status).toBe(400);
  });

  it("is denied by the database too when no workspace is set", async () => {
    const { database } = test;
    const rows = await database.read<object>(
      owner.workspaceId,
      database.system.selectFrom("members").selectAll().compile(),
    );
    expect(rows.length).toBeGreaterThan(0);
    const elsewhere = await database.read<object>(
      newId(),
      database.system.selectFrom("members").selectAll().compile(),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe("a write with a session cookie", () => {
  const write = (headers: Record<string, string>) =>
    test.app.inject({
      method: "POST",
      url: "/api/v1/notes",
      payload: body,
      headers: { cookie: owner.cookie, ...headers },
    });

  it.each([
    { origin: testOrigin },
    { origin: "http://localhost:3000", host: "localhost:3000" },
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "same-origin", origin: testOrigin },
  ])("is answered with %j", async (headers) => {
    expect((await write(headers)).statusCode).toBe(201);
  });

  it.each([
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: testOrigin },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-origin", origin: "https://evil.example" },
  ])("is refused with %j", async (headers) => {
    expect((await write(headers)).json()).toMatchObject({ status: 403, code: "http.foreign_site" });
  });

  it("is refused for signing in from another site, too", async () => {
    const answer = await test.app.inject({
      method: "POST",
      url: "/api/v1/sessions",
      payload: { email: owner.email, password: testPassword },
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(answer.statusCode).toBe(403);
  });
});

describe("an Idempotency-Key", () => {
  const post = (key: string, text: string, person = owner) =>
    person.call<{ id: string; code?: string }>(
      "POST",
      "/notes",
      { ...body, text },
      { "idempotency-key": key },
    );

  it("gives the first answer again and makes nothing new", async () => {
    const key = newId();
    const first = await post(key, "once");
    const count = made;
    const second = await post(key, "once");
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers["idempotency-replayed"]).toBe("true");
    expect(second.headers["content-type"]).toContain("application/json");
    expect(made).toBe(count);
  });

  it("is refused for another request, a running one, and when it is odd", async () => {
    const key = newId();
    const running = post(key, "slow");
    await expect.poll(async () => (await post(key, "slow")).body.code).toBe("http.idempotency_in_progress");
    release();
    expect((await running).status).toBe(201);
    expect((await post(key, "other")).body).toMatchObject({
      status: 422,
      code: "http.idempotency_key_reused",
    });
    expect((await post("with space", "x")).status).toBe(400);
  });

  it("belongs to one person", async () => {
    const key = newId();
    const colleague = await test.member(owner, "editor");
    const [mine, theirs] = [await post(key, "same"), await post(key, "same", colleague)];
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it("is free again after a refusal", async () => {
    const key = newId();
    expect((await post(key, "conflict")).status).toBe(409);
    expect((await post(key, "fine now")).status).toBe(201);
  });

  it("whose first request was cut off does not run again", async () => {
    const key = newId();
    await post(key, "cut");
    await test.database.system
      .updateTable("idempotency_keys")
      .set({ status: null, response: null, locked_until: new Date(0) })
      .where("key", "=", key)
      .execute();
    expect((await post(key, "cut")).body).toMatchObject({
      status: 409,
      code: "http.idempotency_unknown_outcome",
    });
  });
});

describe("what is served besides", () => {
  it("describes every route of the API in OpenAPI 3.1", async () => {
    const document = (await test.app.inject("/openapi.json")).json();
    expect(document.openapi).toBe("3.1.0");
    expect(document.paths["/api/v1/notes"].post).toMatchObject({
      operationId: "note",
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
    expect(page.body).toContain('id="note"');
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
    const answer = await test.app.inject({ url: "/api/v1/nowhere", headers: { accept: "text/html" } });
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

  it.each(["redis://127.0.0.1:6379", "redis://127.0.0.1:1"])(
    "work with %s, there or not",
    async (redisUrl) => {
      const shared = await testApp({ options: { redisUrl, requestsPerMinute: 2 } });
      try {
        const codes = [];
        const remoteAddress = `10.1.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`;
        await new Promise((resolve) => setTimeout(resolve, 100));
        for (let index = 0; index < 3; index += 1) {
          codes.push((await shared.app.inject({ url: "/health", remoteAddress })).statusCode);
        }
        expect(codes).toEqual([200, 200, redisUrl.endsWith(":1") ? 200 : 429]);
      } finally {
        await shared.close();
      }
    },
  );
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
      for (const path of ["/members", "/audit"]) {
        const answer = await person.call("GET", path);
        expect(answer.body).toMatchObject({
          status: 503,
          code: "http.database_unavailable",
          retryable: true,
        });
        expect(answer.headers["retry-after"]).toBe("5");
      }
      gate.open();
      expect((await person.call("GET", "/members")).status).toBe(200);
    } finally {
      await cut.close();
      await gate.close();
    }
  });
});

/** A way to PostgreSQL that can be shut: open connections break and new ones are dropped. */
async function openGate(target: URL) {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((inner) => {
    if (!isOpen) return void inner.destroy();
    const outer = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    inner.pipe(outer).pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = new URL(target);
  url.host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const shut = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    shut,
    open: () => (isOpen = true),
    close: () => {
      shut();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("the server on a socket", () => {
  it("answers a request that is no HTTP and goes on", async () => {
    await test.app.listen({ port: 0, host: "127.0.0.1" });
    const address = test.app.server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const socket: Socket = connect(port, "127.0.0.1");
    socket.write("this is not HTTP\r\n\r\n");
    const text = await new Promise<string>((resolve) =>
      socket.once("data", (data) => resolve(data.toString())),
    );
    expect(text).toContain("400");
    socket.destroy();
    expect((await test.app.inject("/health")).statusCode).toBe(200);
  });
});
