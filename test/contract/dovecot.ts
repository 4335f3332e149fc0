import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { endProcess, freePort, untilListening } from "./loopback.ts";

const run = promisify(execFile);

export type Dovecot = {
  /** Of IMAP without TLS. */
  port: number;
  user: string;
  password: string;
  stop(): Promise<void>;
};

/** Why Dovecot cannot run here, or null. */
export async function dovecotMissing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return "Dovecot starts only as root";
  try {
    const { stdout } = await run("/usr/sbin/dovecot", ["--version"]);
    await run("test", ["-x", "/usr/lib/dovecot/imap"]);
    // Version 2.4 renamed most settings.
    return stdout.startsWith("2.3.") ? null : `Dovecot is ${stdout.trim()}, these tests configure 2.3`;
  } catch {
    return "Dovecot or its IMAP server is not installed";
  }
}

/** Runs Debian's Dovecot on a free loopback port: IMAP over one maildir, which user 65534 owns. */
export async function startDovecot(maildir: string): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), "galley-dovecot-"));
  // Its own processes, of other users, come through here.
  await chmod(folder, 0o755);
  const port = await freePort();
  const password = randomBytes(16).toString("hex");
  const config = join(folder, "dovecot.conf");
  await writeFile(config, settings(folder, { maildir, port, password }), { mode: 0o600 });
  const child = spawn("/usr/sbin/dovecot", ["-F", "-c", config], { stdio: "ignore" });
  async function stop(): Promise<void> {
    await endProcess(child);
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await untilListening("Dovecot", port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, user: "ada@readers.galley.test", password, stop };
}

function settings(
  folder: string,
  { maildir, port, password }: { maildir: string; port: number; password: string },
): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
listen = 127.0.0.1
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${maildir}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=${folder}/home
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`;
}
