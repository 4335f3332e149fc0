import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "vitest";
import { test } from "../support/fixtures/desk-app.ts";

test("a refused upload leaves its connection fit for the next request", async ({ app, owner }) => {
  const address = new URL(await app.app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(address.port), address.hostname);
  const heard: string[] = [];
  socket.setEncoding("utf8").on("data", (text: string) => heard.push(text));
  await once(socket, "connect");
  const head = (request: string, rest: string) =>
    `${request} HTTP/1.1\r\nhost: ${address.host}\r\nauthorization: Bearer ${owner.bearer}\r\ngalley-workspace: ${owner.workspaceId}\r\n${rest}\r\n`;
  const opening = `--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n`;
  const ending = "\r\n--b--\r\n";
  // Larger than an image may be, and than what busboy and the sockets hold.
  const bytes = Buffer.alloc(8_000_000, 7);
  const length = opening.length + bytes.length + ending.length;
  socket.write(
    head(
      "POST /api/v1/media",
      `content-type: multipart/form-data; boundary=b\r\ncontent-length: ${length}\r\n`,
    ),
  );
  socket.write(opening);
  socket.write(bytes);
  socket.write(ending);
  socket.write(head("GET /api/v1/me", ""));
  await expect
    .poll(() => heard.join("").match(/HTTP\/1\.1 \d+/g), { timeout: 10_000 })
    .toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
  socket.destroy();
});
