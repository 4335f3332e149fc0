import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "#platform/config";
import { createSecrets } from "#platform/secrets";
import { createLogger } from "#platform/telemetry";
import { createServices } from "../../src/app/services.ts";
import { buildWorkspace } from "../support/builders.ts";
import { testDatabase } from "../support/database.ts";

test("a server that is started with the former key takes over what it sealed", async () => {
  const directory = await mkdtemp(join(tmpdir(), "galley-former-key-"));
  const { database, url, close } = await testDatabase();
  const [former, present] = [randomBytes(32), randomBytes(32)];
  const workspace = await buildWorkspace(database);
  const place = { workspaceId: workspace.id, table: "channels", column: "credentials", row: "1" };
  const sealed = await createSecrets({ database, key: former }).seal(place, "a token");
  const under = (key: Buffer) => createSecrets({ database, key }).openText(place, sealed);
  await expect(under(present)).rejects.toMatchObject({ code: "secrets.wrong_key" });

  const settings = {
    GALLEY_MODE: "test",
    DATA_DIR: directory,
    DATABASE_URL: url,
    GALLEY_KEY: present.toString("base64"),
    GALLEY_FORMER_KEY: former.toString("base64"),
  };
  const config = loadConfig(settings, directory);
  const platforms = { sandbox: null, mailCatcher: null, stop: async () => undefined };
  const log = createLogger({ logLevel: "silent" });
  await createServices({
    config,
    key: present,
    database,
    databaseUrl: url,
    processId: "test",
    platforms,
    log,
  });
  expect(await under(present)).toBe("a token");
  await expect(under(former)).rejects.toMatchObject({ code: "secrets.wrong_key" });
  await close();
  await rm(directory, { recursive: true });
});
