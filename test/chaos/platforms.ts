import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { z } from "zod";
import { email } from "./platforms/email.ts";
import type { Running } from "./platforms/emulated.ts";
import { linkedIn } from "./platforms/linkedin.ts";
import { mastodon } from "./platforms/mastodon.ts";
import { meta } from "./platforms/meta.ts";
import { sandbox } from "./platforms/sandbox.ts";
import { site } from "./platforms/site.ts";
import type { Bounds, Target } from "./platforms/target.ts";
import { telegram } from "./platforms/telegram.ts";
import { x } from "./platforms/x.ts";

export { type Access, type Bounds, shown, type Target, type Visible } from "./platforms/target.ts";

export type Platforms = {
  targets: Target[];
  /** What the workers' environment says about the platforms. */
  environment: Record<string, string>;
  origins: string[];
  /** Where those that take faults take them, by the connector. */
  controls: Record<string, string>;
  mailServers: string[];
  close(): Promise<void>;
};

/** Of those that have an emulator in `everyPlatform`. Bluesky has a server of its own kind and no emulator. */
const emulated: Record<string, (running: Running, bounds: Bounds) => Target> = {
  x,
  linkedin: (running, bounds) => linkedIn("linkedin", running, bounds),
  "linkedin-page": (running, bounds) => linkedIn("linkedin-page", running, bounds),
  facebook: (running, bounds) => meta("facebook", running, bounds),
  instagram: (running, bounds) => meta("instagram", running, bounds),
  mastodon,
  telegram,
};

/** Every platform that can be a target. */
export const platformIds: readonly string[] = ["sandbox", "email", "site", ...Object.keys(emulated)];

/** More than any of them connects here. */
const accountsToChooseFrom = 20;

const addresses = z.object({
  sandboxUrl: z.url(),
  mailUrl: z.url(),
  smtpPort: z.int(),
  frontDoorUrl: z.url(),
  emulators: z.record(
    z.string(),
    z.object({
      url: z.url(),
      settings: z.record(z.string(), z.string()),
      form: z.record(z.string(), z.string()),
    }),
  ),
});

/**
 * Starts the platforms, in one process of their own.
 *
 * @throws TypeError for an id that is not one of `platformIds`
 */
export async function startPlatforms(
  directory: string,
  bounds: Bounds,
  ids: readonly string[] = platformIds,
): Promise<Platforms> {
  const unknown = ids.filter((id) => !platformIds.includes(id));
  if (unknown.length > 0)
    throw new TypeError(`no platform ${unknown.join(", ")}; there are ${platformIds.join(", ")}`);
  const accounts = Object.keys(emulated)
    .filter((id) => ids.includes(id))
    .map((id) => [id, accountsToChooseFrom]);
  const command = ["test/chaos/platform-server.ts", directory, JSON.stringify(Object.fromEntries(accounts))];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { sandboxUrl, mailUrl, smtpPort, frontDoorUrl, emulators } = addresses.parse(JSON.parse(line));

  const all: Target[] = [
    sandbox(sandboxUrl, bounds),
    email(mailUrl, smtpPort, bounds),
    site(frontDoorUrl),
    ...Object.entries(emulated).flatMap(([id, start]) => {
      const running = emulators[id];
      return running ? [start(running, bounds)] : [];
    }),
  ];
  const targets = all.filter(({ id }) => ids.includes(id));
  await Promise.all(targets.map((target) => target.prepare()));
  const origins = [sandboxUrl, mailUrl, ...Object.values(emulators).map(({ url }) => url)];

  return {
    targets,
    origins,
    controls: Object.fromEntries(
      [["sandbox", sandboxUrl], ...Object.entries(emulators).map(([id, { url }]) => [id, url])].filter(
        ([id]) => id !== undefined && ids.includes(id),
      ),
    ) as Record<string, string>,
    mailServers: [`127.0.0.1:${smtpPort}`],
    environment: {
      PUBLIC_URL: frontDoorUrl,
      SANDBOX: "on",
      SANDBOX_PORT: new URL(sandboxUrl).port,
      MAIL_CATCHER: "on",
      MAIL_CATCHER_PORT: String(smtpPort),
      EGRESS_ALLOW_ORIGINS: origins.join(","),
      CONNECTORS: JSON.stringify(Object.fromEntries(targets.map(({ id, settings }) => [id, settings]))),
    },
    close: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
