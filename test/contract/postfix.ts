import { execFile, spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort, untilListening } from "./loopback.ts";

const run = promisify(execFile);

export type Postfix = {
  /** Its certificate names this host. */
  host: "localhost";
  port: number;
  /** PEM of the certificate that it shows. */
  certificate: string;
  /** The one mail box, in the format maildir; user 65534 owns it. */
  maildir: string;
  /** Waits until the queue is empty. */
  delivered(): Promise<void>;
  /** Every mail in the mail box that no mail program has seen yet, once the queue is empty. */
  mails(): Promise<string[]>;
  stop(): Promise<void>;
};

/** Why Postfix cannot run here, or null. */
export async function postfixMissing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return "Postfix starts only as root";
  try {
    await run("/usr/sbin/postconf", ["mail_version"]);
    await run("openssl", ["version"]);
    return null;
  } catch {
    return "Postfix or openssl is not installed";
  }
}

// What delivery into a local mail box needs, and no more. Columns as in master(5).
const services = [
  ["pickup", "unix", "n", "-", "n", "60", "1", "pickup"],
  ["cleanup", "unix", "n", "-", "n", "-", "0", "cleanup"],
  ["qmgr", "unix", "n", "-", "n", "300", "1", "qmgr"],
  ["tlsmgr", "unix", "-", "-", "n", "1000?", "1", "tlsmgr"],
  ["rewrite", "unix", "-", "-", "n", "-", "-", "trivial-rewrite"],
  ["bounce", "unix", "-", "-", "n", "-", "0", "bounce"],
  ["defer", "unix", "-", "-", "n", "-", "0", "bounce"],
  ["trace", "unix", "-", "-", "n", "-", "0", "bounce"],
  ["verify", "unix", "-", "-", "n", "-", "1", "verify"],
  ["flush", "unix", "n", "-", "n", "1000?", "0", "flush"],
  ["proxymap", "unix", "-", "-", "n", "-", "-", "proxymap"],
  ["error", "unix", "-", "-", "n", "-", "-", "error"],
  ["retry", "unix", "-", "-", "n", "-", "-", "error"],
  ["virtual", "unix", "-", "n", "n", "-", "-", "virtual"],
  ["anvil", "unix", "-", "-", "n", "-", "1", "anvil"],
  ["postlog", "unix-dgram", "n", "-", "n", "-", "1", "postlogd"],
];

/**
 * Runs Debian's Postfix on a free loopback port, its configuration, queue and mail box in one temporary folder.
 * `milterPort` names a filter on loopback that every mail passes; without its answer no mail is taken.
 */
export async function startPostfix({ milterPort }: { milterPort?: number } = {}): Promise<Postfix> {
  const folder = await mkdtemp(join(tmpdir(), "galley-postfix-"));
  // Its own processes, of other users, come through here.
  await chmod(folder, 0o755);
  const config = join(folder, "config");
  const port = await freePort();
  await mkdir(config);
  await mkdir(join(folder, "queue"));
  await mkdir(join(folder, "mail"));
  await mkdir(join(folder, "data"));
  const { stdout: user } = await run("id", ["-u", "postfix"]);
  await chown(join(folder, "data"), Number(user), 0);
  await chown(join(folder, "mail"), 65_534, 65_534);
  await makeCertificate(folder);
  await writeFile(join(config, "main.cf"), mainSettings(folder, milterPort));
  const smtpd = [`127.0.0.1:${port}`, "inet", "n", "-", "n", "-", "-", "smtpd"];
  await writeFile(
    join(config, "master.cf"),
    [smtpd, ...services].map((row) => row.join(" ")).join("\n") + "\n",
  );
  const master = spawn("/usr/sbin/postfix", ["-c", config, "start-fg"], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => {
    master.once("exit", () => resolve());
  });
  await untilListening("Postfix", port);
  const maildir = join(folder, "mail", "box");
  const delivered = (): Promise<void> => untilDelivered(join(folder, "queue"));
  return {
    host: "localhost",
    port,
    maildir,
    delivered,
    certificate: await readFile(join(folder, "certificate.pem"), "utf8"),
    async mails() {
      await delivered();
      const box = join(maildir, "new");
      const files = await readdir(box).catch(() => []);
      return Promise.all(files.map((file) => readFile(join(box, file), "utf8")));
    },
    async stop() {
      await run("/usr/sbin/postfix", ["-c", config, "stop"]).catch(() => undefined);
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function mainSettings(folder: string, milterPort: number | undefined): string {
  const milter =
    milterPort === undefined
      ? []
      : [`smtpd_milters = inet:127.0.0.1:${milterPort}`, "milter_default_action = tempfail"];
  return `${[
    "compatibility_level = 3.6",
    `queue_directory = ${folder}/queue`,
    `data_directory = ${folder}/data`,
    "command_directory = /usr/sbin",
    "daemon_directory = /usr/lib/postfix/sbin",
    "mail_owner = postfix",
    "setgid_group = postdrop",
    `maillog_file = ${folder}/log`,
    `maillog_file_prefixes = ${folder}`,
    "inet_interfaces = 127.0.0.1",
    "inet_protocols = ipv4",
    "myhostname = mail.galley.test",
    "mydestination =",
    "mynetworks = 127.0.0.0/8",
    "smtpd_recipient_restrictions = reject_unauth_destination",
    "virtual_mailbox_domains = readers.galley.test",
    `virtual_mailbox_base = ${folder}/mail`,
    "virtual_mailbox_maps = static:box/",
    "virtual_uid_maps = static:65534",
    "virtual_gid_maps = static:65534",
    `smtpd_tls_cert_file = ${folder}/certificate.pem`,
    `smtpd_tls_key_file = ${folder}/key.pem`,
    "smtpd_tls_security_level = may",
    ...milter,
  ].join("\n")}\n`;
}

async function makeCertificate(folder: string): Promise<void> {
  const how = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")];
  await run("openssl", [...how.split(" "), ...names, ...files]);
}

async function untilDelivered(queue: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const waiting = await Promise.all(
      ["maildrop", "incoming", "active"].map((name) => readdir(join(queue, name)).catch(() => [])),
    );
    if (waiting.flat().length === 0) return;
    await sleep(50);
  }
  throw new Error("Postfix keeps mail in its queue");
}
