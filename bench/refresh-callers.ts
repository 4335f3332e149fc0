import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "#kit";
import { sha256 } from "#kit";
import { openDatabase } from "#platform/db";
import { createHttpClient } from "#platform/http-client";
import { createFeatures } from "../src/app/features.ts";
import { testServices } from "../test/support/services.ts";

// One of the processes of `refresh.ts`: several Galleys, each with a pool of its own, whose callers all want
// the same channel. `node bench/refresh-callers.ts <options as JSON>`; rounds come and go as messages.

export type CallersOptions = {
  databaseUrl: string;
  /** The instance's key, base64. */
  key: string;
  platformUrl: string;
  settings: Record<string, JsonObject>;
  pools: number;
};

/** Callers come evenly over `spreadMs`, so that not all of them share one read of the row. */
export type Round = { workspaceId: string; channelId: string; callers: number; spreadMs: number };

export type RoundResult = {
  /** Hashes of the access tokens that callers got. */
  tokens: string[];
  served: number;
  /** Callers by what they were told. */
  refused: Record<string, number>;
};

const options = JSON.parse(process.argv[2] ?? "{}") as CallersOptions;

const instances = Array.from({ length: options.pools }, () => {
  const database = openDatabase({ url: options.databaseUrl, poolSize: 4 });
  const { channels } = createFeatures(
    testServices({
      database,
      key: Buffer.from(options.key, "base64"),
      http: createHttpClient({ allowOrigins: [options.platformUrl] }),
      connectorSettings: options.settings,
      publicUrl: "http://127.0.0.1:3000",
    }),
  );
  return { database, channels };
});

async function run(round: Round): Promise<RoundResult> {
  const tokens = new Set<string>();
  const refused: Record<string, number> = {};
  let served = 0;
  async function callerNumber(index: number): Promise<void> {
    await pause((index / round.callers) * round.spreadMs);
    const instance = instances[index % instances.length];
    if (!instance) return;
    try {
      // A signal of its own, as each delivery has.
      const { signal } = new AbortController();
      const { context } = await instance.channels.open(round.workspaceId, round.channelId, signal);
      tokens.add(sha256(JSON.stringify(context.credentials["accessToken"])));
      served += 1;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      refused[code] = (refused[code] ?? 0) + 1;
    }
  }
  await Promise.all(Array.from({ length: round.callers }, (_, index) => callerNumber(index)));
  return { tokens: [...tokens], served, refused };
}

process.on("message", (message) => {
  void run(message as Round).then((result) => process.send?.(result));
});
process.once("disconnect", () => {
  void Promise.all(instances.map(({ database }) => database.close()));
});
process.send?.("ready");
