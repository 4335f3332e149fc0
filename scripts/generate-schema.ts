import { writeFile } from "node:fs/promises";
import { createPool, migrate, schemaTypes } from "#platform/db";

// Writes src/platform/db/schema.gen.ts after a change of the migrations, by way of a database that it
// makes on the server and drops again: node scripts/generate-schema.ts postgres://user@host/postgres
const serverUrl = process.argv[2];
if (serverUrl === undefined) throw new TypeError("name a server: node scripts/generate-schema.ts URL");

const server = createPool({ url: serverUrl, role: null, size: 1 });
const name = `galley_schema_${process.pid}`;
await server.query(`create database ${name}`);
try {
  const address = new URL(serverUrl);
  address.pathname = `/${name}`;
  await migrate(address.href);
  const target = new URL("../src/platform/db/schema.gen.ts", import.meta.url);
  await writeFile(target, await schemaTypes(address.href));
} finally {
  await server.query(`drop database ${name} with (force)`);
  await server.end();
}
