import { startServer, temporaryFolder } from "./server.ts";

// `npm run test:boot`: the server runs under Node itself, whose type stripping is stricter than the test
// runner's transpiler; serves its pages; and drains on SIGTERM.

const pages = ["/health", "/ready", "/openapi.json", "/docs", "/redoc", "/", "/sandbox"];

const folder = await temporaryFolder();
const server = await startServer({ dataDir: folder.path });
try {
  for (const page of pages) {
    const response = await fetch(new URL(page, server.url));
    process.stdout.write(`${String(response.status)} ${page}\n`);
    if (!response.ok) {
      process.stderr.write(`${await response.text()}\n`);
      process.exitCode = 1;
    }
  }
} finally {
  const code = await server.stop();
  process.stdout.write(`exit ${String(code)} after SIGTERM\n`);
  if (code !== 0) process.exitCode = 1;
  await folder.remove();
}
