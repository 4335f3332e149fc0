import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "#platform/http-client";
import { chownTree, serverAccount } from "../../../src/platform/db/embedded/account.ts";
import { superuser } from "../../../src/platform/db/embedded/cluster.ts";
import { isUp, urlAt } from "./server.ts";

/** Where Debian keeps it. */
const program = "/usr/sbin/pgbouncer";
const host = "127.0.0.1";

export const hasPgBouncer = existsSync(program);

/** PgBouncer in session mode before the server at `port`. */
export async function startPgBouncer(
  directory: string,
  port: number,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const folder = join(directory, "pgbouncer");
  await mkdir(folder);
  const own = await freePort(host);
  const settings = {
    listen_addr: host,
    listen_port: own,
    unix_socket_dir: "",
    auth_type: "any",
    pool_mode: "session",
    max_client_conn: 200,
    default_pool_size: 100,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const databases = `* = host=${host} port=${port} user=${superuser}`;
  await writeFile(
    join(folder, "pgbouncer.ini"),
    `[databases]\n${databases}\n[pgbouncer]\n${lines.join("\n")}\n`,
  );
  // As PostgreSQL itself it refuses to run as root, and reaches its folder through its working directory.
  const account = await serverAccount(folder);
  if (account !== null) await chownTree(account, folder);
  const child = spawn(program, ["--quiet", "pgbouncer.ini"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    ...account,
  });
  const ended = once(child, "exit");
  if (!(await isUp(child, urlAt(own)))) throw new Error("PgBouncer did not start");
  return {
    port: own,
    stop: async () => {
      child.kill("SIGINT");
      await ended;
    },
  };
}
