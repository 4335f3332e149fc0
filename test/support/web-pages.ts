import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type WebPage = { status?: number; headers?: Record<string, string>; body?: string | Uint8Array };

export type WebPages = { origin: string; hits: string[]; close: () => Promise<void> };

/** A site on a loopback port: what somebody's web server might answer, by path. */
export async function webPages(pages: Record<string, WebPage>): Promise<WebPages> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? "");
    const page = pages[request.url ?? ""] ?? { status: 404, body: "not here" };
    response.writeHead(page.status ?? 200, { "content-type": "text/html; charset=utf-8", ...page.headers });
    response.end(page.body ?? "");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    hits,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
