import { AsyncLocalStorage } from "node:async_hooks";
import { destination, type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import { plainJson } from "#kit";
import { scrub } from "./scrub.ts";

export type { Logger } from "pino";

/** Whom a log line is about; every line written inside `withLogContext` carries them. */
export type LogContext = {
  requestId?: string;
  userId?: string;
  workspaceId?: string;
  job?: string;
};

const contexts = new AsyncLocalStorage<LogContext>();

/** Runs `work` with ids that all of its log lines carry. A context inside another adds to it. */
export function withLogContext<T>(context: LogContext, work: () => T): T {
  return contexts.run({ ...contexts.getStore(), ...context }, work);
}

/** Adds ids to the context that runs, as they become known: the user after the session check, say. */
export function addLogContext(context: LogContext): void {
  const current = contexts.getStore();
  if (current) Object.assign(current, context);
}

const standardError = 2;

/**
 * JSON lines on standard error, with secrets replaced (see `scrub`), the ids of the context, and nothing in them that a
 * terminal would obey.
 * Standard output stays free for what is said to a person.
 */
export function createLogger({
  logLevel,
  stream = destination({ fd: standardError, sync: true }),
}: {
  logLevel: string;
  stream?: DestinationStream;
}): Logger {
  return pino(
    {
      level: logLevel,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      mixin: () => contexts.getStore() ?? {},
      // `scrub` writes errors out itself, so that it sees every part of them.
      serializers: { err: (value: unknown) => value },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => scrub(fields) as Record<string, unknown>,
      },
      hooks: {
        logMethod(parts, method) {
          const [first] = parts;
          const said: unknown[] =
            first instanceof Error ? [{ err: first }, first.message, ...parts.slice(1)] : parts;
          const clean = said.map((part) => (typeof part === "string" ? scrub(part) : part));
          method.apply(this, clean as typeof parts);
        },
        streamWrite: plainJson,
      },
    },
    stream,
  );
}
