import { hkdfSync, randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { type Clock, newId, sha256 } from "#kit";
import type { Database, Schema } from "#platform/db";
import * as store from "./devices.store.ts";
import { IdentityError } from "./errors.ts";
import { createTokenReader, signToken } from "./sessions/session-token.ts";
import { deviceCookieName } from "./settings.ts";

export type Device = { id: string; userAgent: string | null; createdAt: Date; usedAt: Date };

/** A device that this request showed to be one of the account's. */
export type KnownDevice = { id: string; token: string };

export type Devices = ReturnType<typeof createDevices>;

const keptSeconds = 180 * 24 * 60 * 60;

type Options = { database: Database; key: string; publicUrl: string; clock: Clock };

/**
 * The browsers in which an account has signed in, known again by a cookie of their own. It opens nothing:
 * it only keeps a count of wrong passwords apart from what strangers try.
 */
export function createDevices({ database, key, publicUrl, clock }: Options) {
  const derived = hkdfSync("sha256", Buffer.from(key, "base64"), "", "galley device cookie", 32);
  const secret = Buffer.from(derived).toString("base64");
  const cookieName = deviceCookieName(publicUrl);
  const reader = createTokenReader(secret, cookieName);
  const attributes = `Path=/; HttpOnly; SameSite=Lax${publicUrl.startsWith("https:") ? "; Secure" : ""}`;

  function usedAfter(): Date {
    return new Date(clock.now().getTime() - keptSeconds * 1000);
  }

  /** The account's device that sends this `Cookie` header; null for another account's, and for none. */
  async function find(userId: string, cookie: string | undefined): Promise<KnownDevice | null> {
    const token = reader.read({ cookie })?.token;
    if (token === undefined) return null;
    const device = await store.findDevice(database.system, {
      userId,
      tokenHash: sha256(token),
      usedAfter: usedAfter(),
    });
    return device === null ? null : { id: device.id, token };
  }

  /** Knows a browser from now on, or again; the `Set-Cookie` value that tells it so. */
  async function remember(
    db: Kysely<Schema>,
    { userId, known, userAgent }: { userId: string; known: KnownDevice | null; userAgent: string },
  ): Promise<string> {
    const token = known?.token ?? randomBytes(32).toString("base64url");
    const now = clock.now();
    if (known === null)
      await store.insertDevice(db, { id: newId(), userId, tokenHash: sha256(token), userAgent, now });
    else await store.touchDevice(db, known.id, now);
    const value = encodeURIComponent(signToken(secret, token));
    return `${cookieName}=${value}; Max-Age=${keptSeconds}; ${attributes}`;
  }

  async function list(userId: string): Promise<Device[]> {
    const rows = await store.listDevices(database.system, userId, usedAfter());
    return rows.map((row) => ({
      id: row.id,
      userAgent: row.user_agent || null,
      createdAt: row.created_at,
      usedAt: row.used_at,
    }));
  }

  /** Throws `identity.device_not_found`. */
  async function forget(userId: string, id: string): Promise<void> {
    if (await store.deleteDevice(database.system, userId, id)) return;
    throw new IdentityError({
      code: "identity.device_not_found",
      kind: "not_found",
      message: "There is no such device; it may be forgotten already.",
    });
  }

  return {
    find,
    remember,
    list,
    forget,
    removeUnused: () => store.deleteUnusedDevices(database.system, usedAfter()),
  };
}
