import { createServer as createHttpServer } from "node:http";
import type { RequestListener } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { setDeadline } from "#kit";
import type { HttpClientOptions } from "./client.ts";
import { createHttpClient } from "./client.ts";
import { EgressError } from "./error.ts";
import type { ResolvedAddress } from "./target.ts";

const open: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    sockets.add(socket);
  });
  open.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function httpServer(listener: RequestListener): Promise<string> {
  return listen(createHttpServer(listener));
}

function tcpServer(listener: (socket: Socket) => void): Promise<string> {
  return listen(createTcpServer({ allowHalfOpen: true }, listener));
}

async function failure(work: Promise<unknown>): Promise<EgressError> {
  const error = await work.then(
    () => new Error("nothing was refused"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof EgressError) return error;
  throw error;
}

const patience = { maxBytes: 100_000, timeoutMs: 5000 };

function read(url: string, options: Partial<HttpClientOptions> = {}) {
  return createHttpClient({ allowOrigins: [], ...options }).fetchDocument(url, patience);
}

function post(origin: string, timeoutMs = 5000, signal = new AbortController().signal) {
  const http = createHttpClient({ allowOrigins: [origin] }).connectorHttp({ signal, timeoutMs });
  return http.request({ method: "POST", url: `${origin}/posts`, body: "hello" });
}

describe("addresses that Galley does not read", () => {
  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0x7f000001/",
    "http://127.1/",
    "http://127.0.0.1./",
    "http://①②⑦.⓪.⓪.①/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost/",
  ])("%s is inside", async (url) => {
    const error = await failure(read(url));
    expect(error.code).toBe("egress.private_address");
    expect(error.phase).toBe("before");
  });

  test.each([
    ["not a url", "egress.invalid_url"],
    ["ftp://example.com/", "egress.scheme"],
    ["file:///etc/passwd", "egress.scheme"],
    ["data:text/plain,hello", "egress.scheme"],
    ["http://user:word@example.com/", "egress.credentials_in_url"],
    ["http://93.184.216.34:22/", "egress.port"],
    ["http://93.184.216.34:6667/", "egress.port"],
  ])("%s", async (url, code) => {
    expect((await failure(read(url))).code).toBe(code);
  });

  test("a name with one private address among public ones", async () => {
    const mixed: ResolvedAddress[] = [
      { address: "93.184.216.34", family: 4 },
      { address: "10.0.0.1", family: 4 },
    ];
    const error = await failure(read("http://example.com/", { resolve: () => Promise.resolve(mixed) }));
    expect(error.code).toBe("egress.private_address");
  });

  test("a name is resolved once and the connection goes to that address", async () => {
    const origin = await httpServer((_request, response) => response.end("pinned"));
    const named = `http://rebind.example:${new URL(origin).port}`;
    let asked = 0;
    function resolve(): Promise<ResolvedAddress[]> {
      asked += 1;
      return Promise.resolve([{ address: asked === 1 ? "127.0.0.1" : "192.0.2.1", family: 4 }]);
    }
    const page = await read(named, { resolve, allowOrigins: [named] });
    expect(Buffer.from(page.body).toString()).toBe("pinned");
    expect(asked).toBe(1);
  });

  test("a name that nobody knows", async () => {
    const error = await failure(read("http://galley-test.invalid/"));
    expect(error).toMatchObject({ code: "egress.dns", phase: "before", retryable: true });
  });

  test("the built-in sandbox is for connectors, not for documents", async () => {
    const origin = await httpServer((_request, response) => response.end("sandbox"));
    const client = createHttpClient({ allowOrigins: [], connectorOrigins: [origin] });
    expect((await failure(client.fetchDocument(origin, patience))).code).toBe("egress.private_address");
    const http = client.connectorHttp({ signal: new AbortController().signal });
    expect((await http.request({ method: "GET", url: origin })).status).toBe(200);
  });
});

describe("redirects", () => {
  test("to a private address is refused", async () => {
    const origin = await httpServer((_request, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/latest/" }).end();
    });
    expect((await failure(read(origin, { allowOrigins: [origin] }))).code).toBe("egress.private_address");
  });

  test("to another scheme is refused", async () => {
    const origin = await httpServer((_request, response) => {
      response.writeHead(301, { location: "file:///etc/passwd" }).end();
    });
    expect((await failure(read(origin, { allowOrigins: [origin] }))).code).toBe("egress.scheme");
  });

  test("three are followed, without credentials, and four are not", async () => {
    const seen: string[] = [];
    const origin = await httpServer((request, response) => {
      seen.push(request.headers.authorization ?? "none");
      const left = Number(new URL(request.url ?? "/", "http://x").searchParams.get("left"));
      if (left === 0) response.end("arrived");
      else {
        const location = `http://user:word@${request.headers.host}/?left=${left - 1}`;
        response.writeHead(307, { location }).end();
      }
    });
    const page = await read(`${origin}/?left=3`, { allowOrigins: [origin] });
    expect(Buffer.from(page.body).toString()).toBe("arrived");
    expect(page.url).toBe(`${origin}/?left=0`);
    expect(new Set(seen)).toEqual(new Set(["none"]));
    expect((await failure(read(`${origin}/?left=4`, { allowOrigins: [origin] }))).code).toBe(
      "egress.redirects",
    );
  });

  test("are not followed for a platform", async () => {
    const origin = await httpServer((_request, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    });
    expect((await post(origin)).status).toBe(302);
  });
});

function serveEncoded(body: Uint8Array, encoding: string): Promise<string> {
  return httpServer((_request, response) => {
    response.writeHead(200, { "content-encoding": encoding }).end(body);
  });
}

describe("sizes and encodings", () => {
  test("gzip and brotli are decoded", async () => {
    const gzip = await serveEncoded(gzipSync("plain text"), "gzip");
    const brotli = await serveEncoded(brotliCompressSync("plain text"), "br");
    for (const origin of [gzip, brotli]) {
      const page = await read(origin, { allowOrigins: [origin] });
      expect(Buffer.from(page.body).toString()).toBe("plain text");
    }
  });

  test("a decompression bomb stops at the cap", async () => {
    const origin = await serveEncoded(gzipSync(Buffer.alloc(50_000_000)), "gzip");
    const error = await failure(read(origin, { allowOrigins: [origin] }));
    expect(error.code).toBe("egress.too_large");
  });

  test("a body without end stops at the cap", async () => {
    const origin = await httpServer((_request, response) => {
      const chunk = Buffer.alloc(16_384);
      function more(): void {
        while (!response.destroyed && response.write(chunk)) continue;
        if (!response.destroyed) response.once("drain", more);
      }
      more();
    });
    expect((await failure(read(origin, { allowOrigins: [origin] }))).code).toBe("egress.too_large");
  });

  test("damaged, nested and unknown encodings have a clear error", async () => {
    for (const [body, encoding] of [
      [Buffer.from("not gzip"), "gzip"],
      [gzipSync(gzipSync("twice")), "gzip, gzip"],
      [Buffer.from("x"), "compress"],
    ] as const) {
      const origin = await serveEncoded(body, encoding);
      expect((await failure(read(origin, { allowOrigins: [origin] }))).code).toBe("egress.encoding");
    }
  });
});

describe("before or after the first byte", () => {
  test("nobody listens: before", async () => {
    const origin = await httpServer(() => {});
    const { server } = open.splice(0)[0] ?? {};
    await new Promise((resolve) => server?.close(resolve));
    expect(await failure(post(origin))).toMatchObject({ code: "egress.connect", phase: "before" });
  });

  test("no TLS on the other side: before", async () => {
    const origin = (await tcpServer((socket) => socket.end("hello\r\n"))).replace("http:", "https:");
    expect(await failure(post(origin))).toMatchObject({ code: "egress.tls", phase: "before" });
  });

  test("TLS that never answers: before", async () => {
    const origin = (await tcpServer(() => {})).replace("http:", "https:");
    expect(await failure(post(origin, 200))).toMatchObject({ code: "egress.timeout", phase: "before" });
  });

  test("stopped before the connection stands: before", async () => {
    const controller = new AbortController();
    controller.abort();
    const origin = await httpServer((_request, response) => response.end());
    expect(await failure(post(origin, 1000, controller.signal))).toMatchObject({
      code: "egress.aborted",
      phase: "before",
    });
  });

  test("the clocks are past the deadline though no timer has fired, as after standing still: before, and not a byte", async () => {
    let heard = "";
    const origin = await tcpServer((socket) => socket.on("data", (bytes) => (heard += bytes.toString())));
    const controller = new AbortController();
    setDeadline(controller.signal, -1);
    expect(await failure(post(origin, 1000, controller.signal))).toMatchObject({
      code: "egress.too_late",
      phase: "before",
    });
    expect(heard).toBe("");
    setDeadline(controller.signal, 60_000);
    expect(await failure(post(origin, 200, controller.signal))).toMatchObject({ code: "egress.timeout" });
    expect(heard).toContain("POST /posts");
  });

  test("a header that cannot be sent: before", async () => {
    const origin = await httpServer((_request, response) => response.end());
    const http = createHttpClient({ allowOrigins: [origin] }).connectorHttp({
      signal: new AbortController().signal,
    });
    const error = await failure(
      http.request({ method: "GET", url: origin, headers: { "x-a": "one\r\nx-b: two" } }),
    );
    expect(error).toMatchObject({ code: "egress.invalid_request", phase: "before" });
  });

  test("reset as soon as the request arrives: after", async () => {
    const origin = await tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    expect(await failure(post(origin))).toMatchObject({ code: "egress.reset", phase: "after" });
  });

  test("reset in the middle of the answer: after", async () => {
    const origin = await tcpServer((socket) =>
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart", () => socket.resetAndDestroy());
      }),
    );
    expect(await failure(post(origin))).toMatchObject({ code: "egress.reset", phase: "after" });
  });

  test("closed in the middle of the answer: after", async () => {
    const origin = await tcpServer((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart")),
    );
    expect(await failure(post(origin))).toMatchObject({ code: "egress.reset", phase: "after" });
  });

  test("a half-open socket that never answers: after", async () => {
    const origin = await tcpServer((socket) => socket.on("data", () => {}));
    expect(await failure(post(origin, 200))).toMatchObject({ code: "egress.timeout", phase: "after" });
  });

  test("a body that drips: after, at the deadline", async () => {
    const origin = await httpServer((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(timer));
    });
    const started = performance.now();
    expect(await failure(post(origin, 300))).toMatchObject({ code: "egress.timeout", phase: "after" });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("something that is not HTTP: after", async () => {
    const origin = await tcpServer((socket) =>
      socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9\r\n")),
    );
    expect(await failure(post(origin))).toMatchObject({ code: "egress.protocol", phase: "after" });
  });
});

test("every request has a socket of its own, and a broken one is never repeated", async () => {
  let connections = 0;
  let requests = 0;
  const server = createHttpServer((request, response) => {
    requests += 1;
    request.resume();
    if (requests === 3) request.socket.resetAndDestroy();
    else response.end("ok");
  });
  server.on("connection", () => {
    connections += 1;
  });
  const origin = await listen(server);
  await post(origin);
  await post(origin);
  await failure(post(origin));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect({ connections, requests }).toEqual({ connections: 3, requests: 3 });
});

test("any status comes back as an answer", async () => {
  const origin = await httpServer((_request, response) => {
    response.writeHead(503, { "retry-after": "7", "set-cookie": ["a=1", "b=2"] }).end("busy");
  });
  const answer = await post(origin);
  expect(answer.status).toBe(503);
  expect(answer.headers).toMatchObject({ "retry-after": "7", "set-cookie": "a=1, b=2" });
  expect(Buffer.from(answer.body).toString()).toBe("busy");
});
