import type { Config } from "#platform/config";
import { once } from "node:events";
import { createServer } from "node:net";

/** Replaces port 0 by a free one, before anything is told the address. */
export async function withFreePort(config: Config): Promise<Config> {
  if (config.port !== 0) return config;
  const server = createServer().listen(0, config.host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("the system gave no port");
  const publicUrl = new URL(config.publicUrl);
  if (publicUrl.port === "0") publicUrl.port = String(address.port);
  return Object.freeze({ ...config, port: address.port, publicUrl: publicUrl.origin });
}
