import { execFile, spawn } from "node:child_process";
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { endProcess, freePort, untilListening } from "./loopback.ts";

const run = promisify(execFile);

export type SigningKey = {
  /** Where the public key belongs in DNS: `<selector>._domainkey.<domain>`. */
  name: string;
  /** The TXT record that belongs there. */
  record: string;
};

export type OpenDkim = {
  /** Where a mail server reaches it, as a milter. */
  port: number;
  key: SigningKey;
  stop(): Promise<void>;
};

const selector = "press";

/** Why OpenDKIM cannot run here, or null. */
export async function openDkimMissing(): Promise<string | null> {
  try {
    await run("/usr/sbin/opendkim", ["-V"]);
    await run("id", ["-u", "opendkim"]);
    await run("opendkim-genkey", ["--version"]);
    return null;
  } catch {
    return "OpenDKIM or its tools are not installed";
  }
}

/** Makes a key for `domain` in the folder, as an operator does, and reads what is to be published. */
async function makeKey(folder: string, domain: string): Promise<SigningKey> {
  await run("opendkim-genkey", ["-D", folder, "-d", domain, "-s", selector, "-b", "2048"]);
  // A line of a zone file; DNS puts the strings of a TXT record together without anything between.
  const zone = await readFile(join(folder, `${selector}.txt`), "utf8");
  const record = [...zone.matchAll(/"([^"]*)"/g)].map((part) => part[1] ?? "").join("");
  return { name: `${selector}._domainkey.${domain}`, record };
}

/** Runs Debian's OpenDKIM, which signs mail from `domain`, on a free loopback port with a key of its own. */
export async function startOpenDkim(domain: string): Promise<OpenDkim> {
  const folder = await mkdtemp(join(tmpdir(), "galley-opendkim-"));
  await chmod(folder, 0o755);
  const port = await freePort();
  const key = await makeKey(folder, domain);
  const { stdout: user } = await run("id", ["-u", "opendkim"]);
  const keyFile = join(folder, `${selector}.private`);
  await chown(keyFile, Number(user), 0);
  const settings = [
    "Syslog no",
    "Background no",
    "UserID opendkim",
    `Socket inet:${port}@127.0.0.1`,
    "Mode s",
    "InternalHosts 127.0.0.1",
    `Domain ${domain}`,
    `Selector ${selector}`,
    `KeyFile ${keyFile}`,
    // It would refuse any key below a folder that all may write to, as /tmp is.
    "RequireSafeKeys no",
    // As Debian ships it.
    "Canonicalization relaxed/simple",
    "OversignHeaders From",
    // Its default leaves out what readers' servers recognise a repetition by.
    "SignHeaders *,+message-id",
  ];
  await writeFile(join(folder, "opendkim.conf"), `${settings.join("\n")}\n`);
  const child = spawn("/usr/sbin/opendkim", ["-f", "-x", join(folder, "opendkim.conf")], { stdio: "ignore" });
  async function stop(): Promise<void> {
    await endProcess(child);
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await untilListening("OpenDKIM", port, { greets: false });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, key, stop };
}
