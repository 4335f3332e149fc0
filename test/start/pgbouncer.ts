import { spawn, spawnSync } from "node:child_process";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endProcess, freePort, untilListening } from "../contract/loopback.ts";

const program = "/usr/sbin/pgbouncer";
/** PgBouncer does not run as root; the built-in PostgreSQL's folder belongs to the same account then. */
const nobody = 65_534;

export type PgBouncer = { url: string; stop(): Promise<void> };

/** Why PgBouncer cannot run here, or null. */
export function pgBouncerMissing(): string | null {
  return spawnSync(program, ["--version"]).status === 0 ? null : "PgBouncer is not installed";
}

/** Runs Debian's PgBouncer on a free loopback port before a database of a test; `settings` as in pgbouncer.ini. */
export async function startPgBouncer(
  databaseUrl: string,
  settings: Record<string, string>,
): Promise<PgBouncer> {
  const target = new URL(databaseUrl);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "galley-pgbouncer-"));
  const file = join(folder, "pgbouncer.ini");
  const all = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    // Whoever comes is logged in as the user that the database's line names.
    auth_type: "any",
    ...settings,
  };
  const server = {
    host: target.searchParams.get("host") ?? target.hostname,
    port: target.port,
    user: target.username,
    password: target.password,
  };
  const words = Object.entries(server).filter(([, value]) => value !== "");
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const line = `* = ${words.map(([name, value]) => `${name}=${value}`).join(" ")}`;
  await writeFile(file, ["[databases]", line, "[pgbouncer]", ...lines, ""].join("\n"));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    await chown(folder, nobody, nobody);
    await chown(file, nobody, nobody);
  }
  const account = isRoot ? { uid: nobody, gid: nobody } : {};
  const child = spawn(program, ["--quiet", file], { stdio: "ignore", ...account });
  await untilListening("PgBouncer", port, { greets: false });
  return {
    url: `postgres://${target.username}@127.0.0.1:${port}${target.pathname}`,
    stop: async () => {
      await endProcess(child);
      await rm(folder, { recursive: true });
    },
  };
}
