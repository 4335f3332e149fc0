import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startMailCatcher, startSandbox } from "#emulator/built-in";
import { sendRaw } from "../support/raw-http.ts";

let directory: string;
const ports: number[] = [];
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "galley-hosts-"));
  const at = { host: "127.0.0.1", publicUrl: null };
  const sandbox = await startSandbox({ ...at, directory: join(directory, "sandbox"), port: 0 });
  const catcher = await startMailCatcher({
    ...at,
    directory: join(directory, "mail"),
    smtpPort: 0,
    httpPort: 0,
  });
  for (const platform of [sandbox, catcher]) {
    ports.push(Number(new URL(platform.url).port));
    closing.push(() => platform.close());
  }
});
afterAll(async () => {
  for (const close of closing) await close();
  await rm(directory, { recursive: true });
});

it("a built-in platform lets no page of another site steer it, also on its own port", async () => {
  for (const port of ports) {
    const steer = async (headers: string) => {
      const head = `POST /faults HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n${headers}`;
      const form =
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n\r\naction=clear";
      return (await sendRaw(port, head + form)).status;
    };
    const own = `Origin: http://127.0.0.1:${port}\r\n`;
    for (const headers of ["", own, `${own}Sec-Fetch-Site: same-origin\r\n`]) {
      expect(await steer(headers)).toBe(303);
    }
    for (const headers of [
      "Origin: http://evil.example\r\n",
      "Origin: null\r\n",
      `Origin: http://127.0.0.1:${port + 1}\r\n`,
      `Origin: http://localhost:${port}\r\n`,
      "Sec-Fetch-Site: cross-site\r\n",
      "Sec-Fetch-Site: same-site\r\n",
    ]) {
      expect(await steer(headers), headers).toBe(403);
    }
  }
});

it("a built-in platform answers to this machine's names alone, also on its own port", async () => {
  for (const port of ports) {
    const ask = async (host: string) =>
      (await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).status;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, "[::1]"]) {
      expect(await ask(host)).not.toBe(421);
    }
    for (const host of [
      "evil.example",
      `127.0.0.1.evil.example:${port}`,
      "10.0.0.5",
      "localhost@evil.example",
    ]) {
      expect(await ask(host)).toBe(421);
    }
  }
});
