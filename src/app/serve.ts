import { GalleyError, isLoopbackName, newId } from "#kit";
import { type Config, openKey } from "#platform/config";
import { type EmbeddedPostgres, migrate, openDatabase, startEmbeddedPostgres } from "#platform/db";
import { makePrivateFolder } from "#platform/files";
import { migrateJobs, type RunningWorker, startWorker } from "#platform/jobs";
import { createLogger, type Logger } from "#platform/telemetry";
import { startPlatforms } from "./platforms.ts";
import { setUpTokenOf } from "./set-up-token.ts";

export type RunningGalley = {
  /** Where people reach it. */
  url: string;
  /** Where its owner sets it up, with the token for it; null once there is one, or where only this machine gets in. */
  setUpUrl: string | null;
  /** Finishes what runs, then closes everything; safe to call twice. */
  stop: () => Promise<void>;
};

/** Things to close, the newest first. One that fails does not keep the others open. */
function closingStack(log: Logger) {
  const steps: { name: string; close: () => Promise<void> }[] = [];
  async function closeAll(): Promise<void> {
    for (let step = steps.pop(); step; step = steps.pop()) {
      await step
        .close()
        .catch((error: unknown) => log.error({ err: error, part: step?.name }, "a part did not close"));
    }
  }
  return { push: (name: string, close: () => Promise<void>) => steps.push({ name, close }), closeAll };
}

async function startDatabase(config: Config, log: Logger): Promise<EmbeddedPostgres> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, stop: async () => undefined };
  return startEmbeddedPostgres({
    dataDir: config.dataDir,
    onEvent: (event, error) => {
      if (event === "back") log.warn("the built-in PostgreSQL is back");
      else log.error({ err: error }, "the built-in PostgreSQL went away and is started again");
    },
  });
}

/** Whether nobody from elsewhere gets in, so that setting up asks for no token. */
function isForThisMachine({ host, publicUrl }: Config): boolean {
  return [host, new URL(publicUrl).hostname].every(isLoopbackName);
}

function explainListen(error: unknown, { host, port }: Config): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL") return error;
  const reasons = {
    EADDRINUSE: "another program uses it. Stop that one, or set PORT to another number",
    EACCES: "this account may not. Set PORT to a number above 1023",
    EADDRNOTAVAIL: "this machine has no such address. Set HOST to one that it has, such as 127.0.0.1",
  };
  return new GalleyError({
    code: "serve.cannot_listen",
    kind: "unavailable",
    message: `Galley cannot listen on ${host}:${port}: ${reasons[code]}.`,
    cause: error,
  });
}

/** Starts what the configuration's roles name and returns once it serves. On failure nothing stays behind. */
export async function startGalley(config: Config): Promise<RunningGalley> {
  const log = createLogger(config);
  const closing = closingStack(log);
  const isApi = config.roles.includes("api");
  const isWorker = config.roles.includes("worker");
  let setUpUrl: string | null = null;
  try {
    const places = await makePrivateFolder(config.dataDir);
    if (places.length > 0) log.warn({ places }, "other accounts of this machine may read these; close them");
    // The features take as long to load as the database takes to start.
    const starting = startDatabase(config, log);
    closing.push("PostgreSQL", () =>
      starting.then(
        (postgres) => postgres.stop(),
        () => undefined,
      ),
    );
    const [postgres, { createServices }, { createFeatures }, api, work, key] = await Promise.all([
      starting,
      import("./services.ts"),
      import("./features.ts"),
      isApi ? import("./api.ts") : null,
      isWorker ? import("./work.ts") : null,
      openKey(config),
    ]);
    await migrate(postgres.url, { isBuiltIn: config.databaseUrl === null });
    await migrateJobs(postgres.url);
    const database = openDatabase({
      url: postgres.url,
      poolSize: config.databasePoolSize,
      onError: (error) => log.warn({ err: error }, "lost a connection to the database"),
    });
    closing.push("database", () => database.close());
    const platforms = await startPlatforms(config);
    closing.push("built-in platforms", platforms.stop);

    const databaseUrl = postgres.url;
    const process = { config, key, database, databaseUrl, processId: newId(), platforms, log };
    const features = createFeatures(await createServices(process));
    closing.push("announcements", () => features.announcements.close());
    const served = (await api?.createApi(process, features)) ?? null;
    let worker: RunningWorker | null = null;
    closing.push("server and worker", async () => {
      await Promise.all([served?.server.close(), worker?.stop()]);
    });
    if (work) {
      const { beforeStart, ...part } = work.workOf(features);
      await beforeStart();
      worker = await startWorker({
        ...part,
        id: process.processId,
        databaseUrl: postgres.url,
        concurrency: config.jobConcurrency,
        log,
        // Without the API nobody could ask for them.
        ...(served ? { metrics: served.metrics } : {}),
        abortAfterMs: config.shutdownGraceMs / 2,
      });
    }
    if (served) {
      await served.server.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
        throw explainListen(error, config);
      });
      if (!isForThisMachine(config) && (await features.identity.needsSetUp())) {
        setUpUrl = `${config.publicUrl}/setup#token=${setUpTokenOf(key)}`;
      }
    }
    log.info({ roles: config.roles, mode: config.mode, url: config.publicUrl }, "Galley is ready");
  } catch (error) {
    await closing.closeAll();
    throw error;
  }
  let stopped: Promise<void> | null = null;
  return {
    url: config.publicUrl,
    setUpUrl,
    stop: () => {
      log.info("stopping: finishing what runs");
      stopped ??= closing.closeAll();
      return stopped;
    },
  };
}
