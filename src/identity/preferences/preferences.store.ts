import type { Kysely } from "kysely";
import { knownLanguage, type Language } from "#kit";
import type { Schema } from "#platform/db";

/** What a person chose; null: as the browser says. */
export async function chosenLanguage(db: Kysely<Schema>, userId: string): Promise<Language | null> {
  const row = await db.selectFrom("users").select("language").where("id", "=", userId).executeTakeFirst();
  return knownLanguage(row?.language);
}

export async function chooseLanguage(
  db: Kysely<Schema>,
  userId: string,
  language: Language | null,
): Promise<void> {
  await db.updateTable("users").set({ language }).where("id", "=", userId).execute();
}

/** Keeps what a browser asked for; one that asks for nothing that Galley speaks changes nothing. */
export async function keepBrowserLanguage(
  db: Kysely<Schema>,
  userId: string,
  language: Language | null,
): Promise<void> {
  if (language === null) return;
  await db
    .updateTable("users")
    .set({ browser_language: language })
    .where("id", "=", userId)
    .where("browser_language", "is distinct from", language)
    .execute();
}
