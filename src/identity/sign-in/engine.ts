import type { Kysely } from "kysely";
import type { Clock } from "#kit";
import type { Database, Schema } from "#platform/db";
import type { createAuth } from "../auth.ts";
import type { Client, SignedInResult } from "../client.ts";
import { type AuthSettings, clientAddressHeader, forgetCookies, sessionSeconds } from "../settings.ts";

type Auth = ReturnType<typeof createAuth>;

type EngineDeps = { database: Database; clock: Clock; settings: AuthSettings };

export type Engine = ReturnType<typeof createEngine>;

/** Better Auth, loaded at the first sign-in, and what it answers in our own terms. */
export function createEngine({ database, clock, settings }: EngineDeps) {
  // Whoever signs in leaves the cookies of earlier versions behind.
  const outdated = forgetCookies(settings.publicUrl).slice(1);
  let pooled: Promise<Auth> | null = null;

  async function on(db: Kysely<Schema>): Promise<Auth> {
    const { createAuth } = await import("../auth.ts");
    return createAuth(db, settings);
  }

  return {
    /** Within the caller's transaction. */
    on,
    onPool(): Promise<Auth> {
      pooled ??= on(database.system);
      return pooled;
    },
    /** The session that it has opened, by the headers of its answer. */
    signedIn(userId: string, headers: Headers): SignedInResult {
      const bearer = headers.get("set-auth-token");
      if (bearer === null) throw new TypeError("the session was opened without a token");
      const expiresAt = new Date(clock.now().getTime() + sessionSeconds * 1000);
      return { userId, cookies: [...headers.getSetCookie(), ...outdated], bearer, expiresAt };
    },
  };
}

/** What the engine is told about the client, and nothing of what the client sent. */
export function clientHeaders(client: Client): Headers {
  return new Headers({ [clientAddressHeader]: client.address, "user-agent": client.userAgent });
}
