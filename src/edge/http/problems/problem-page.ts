import type { FastifyRequest } from "fastify";
import { escapeHtml } from "#kit";
import type { ProblemDocument } from "./problems.ts";

/**
 * Whether a person looks at the answer: a browser that goes to an address says so (Fetch Metadata), or prefers HTML.
 * Under `/api` programs are at home, and only what a browser says of itself counts there, or a route that says it.
 */
export function wantsPage({ method, headers, url, routeOptions }: FastifyRequest): boolean {
  if (method !== "GET" && method !== "HEAD" && method !== "POST") return false;
  const mode = headers["sec-fetch-mode"];
  if (mode !== undefined) return mode === "navigate";
  const isProgramsHome = url.startsWith("/api/") && routeOptions.config.landing !== true;
  return method !== "POST" && !isProgramsHome && prefersHtml(headers.accept ?? "");
}

/** HTML is named, and JSON is not named before it. */
function prefersHtml(accept: string): boolean {
  const html = accept.indexOf("text/html");
  const json = accept.search(/application\/(?:[\w.-]+\+)?json/);
  return html !== -1 && (json === -1 || html < json);
}

const style = `
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1c1917; background: #fafaf9 }
main { max-width: 34rem; margin: 15vh auto 0; padding: 0 1.5rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem }
p { margin: 0 0 1rem; overflow-wrap: anywhere }
small { color: #57534e }
a { color: #1d4ed8 }
@media (prefers-color-scheme: dark) {
  body { color: #e7e5e4; background: #1c1917 }
  small { color: #a8a29e }
  a { color: #93c5fd }
}`;

export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** A problem in words, for people; without scripts, and everything of the request escaped. */
export function problemPage({ status, title, detail, requestId }: ProblemDocument, home: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(detail)}</p>
${status === 401 ? `<p>Galley's address is ${escapeHtml(home)}. If you are signed in under another one, go on there.</p>\n` : ""}<p><a href="${escapeHtml(home)}/">Go to the start page</a></p>
<p><small>${status} · ${escapeHtml(requestId)}</small></p>
</main></body>
</html>
`;
}
