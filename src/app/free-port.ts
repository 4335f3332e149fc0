import type { Config } from "#platform/config";
import { freePort } from "#platform/http-client";

/** Replaces port 0 by a free one, before anything is told the address. */
export async function withFreePort(config: Config): Promise<Config> {
  if (config.port !== 0) return config;
  const port = await freePort(config.host);
  const publicUrl = new URL(config.publicUrl);
  if (publicUrl.port === "0") publicUrl.port = String(port);
  return Object.freeze({ ...config, port, publicUrl: publicUrl.origin });
}
