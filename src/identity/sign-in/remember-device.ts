import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { Client, SignedInResult } from "../client.ts";
import type { Devices, KnownDevice } from "../devices.ts";
import { keepBrowserLanguage } from "../preferences/preferences.store.ts";

/** The session with one cookie more, by which its browser is known from then on, and what that asks to be spoken to in. */
export async function rememberDevice(
  { devices }: { devices: Devices },
  db: Kysely<Schema>,
  opened: { result: SignedInResult; known: KnownDevice | null; client: Client },
): Promise<SignedInResult> {
  const { result, known, client } = opened;
  const { userId } = result;
  await keepBrowserLanguage(db, userId, client.language ?? null);
  const cookie = await devices.remember(db, { userId, known, userAgent: client.userAgent });
  return { ...result, cookies: [...result.cookies, cookie] };
}
