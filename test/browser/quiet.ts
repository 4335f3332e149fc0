import type { Page, Request } from "playwright-core";
import { expect } from "vitest";
import { addressOf } from "#contract";

const quietMs = 500;
const { path: stream } = addressOf("followEvents");

/**
 * Watches what a page asks for from now on. The function that is returned resolves when everything has been answered for
 * half a second, but for the stream of events, which does not end.
 */
export function watchRequests(page: Page): () => Promise<void> {
  const open = new Set<Request>();
  let last = Date.now();
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === stream) return;
    open.add(request);
    last = Date.now();
  });
  function end(request: Request): void {
    if (open.delete(request)) last = Date.now();
  }
  page.on("requestfinished", end);
  page.on("requestfailed", end);
  return () =>
    expect
      .poll(() => open.size === 0 && Date.now() - last >= quietMs, { timeout: 30_000, interval: 50 })
      .toBe(true);
}
