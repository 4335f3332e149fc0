import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startMailCatcher, startSandbox } from "#emulator/built-in";
import { sendRaw } from "../raw-http.ts";

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
