import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Kysely } from "kysely";
import { z } from "zod";
import { type Clock, newId, sha256 } from "#kit";
import type { Database, Schema } from "#platform/db";
import { append } from "#platform/events";
import type { Jobs, Task } from "#platform/jobs";
import { type MailSender, sendLetter } from "#platform/mail";
import { normalizeAddress } from "../accounts.ts";
import type { Client } from "../client.ts";
import { deleteOtherDevices } from "../devices.store.ts";
import type { Devices } from "../devices.ts";
import { IdentityError } from "../errors.ts";
import { accountPasswordChanged, accountPasswordReset } from "../events.ts";
import { passwordChangedLetter, resetLetter } from "../words.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { refuseWeak } from "./password.ts";
import * as store from "./passwords.store.ts";
import type { Tries } from "./tries.ts";

/** How people are written to, and through what; null: this Galley sends no mail. */
export type AccountMail = { sender: MailSender; jobs: Jobs } | null;

type Options = {
  database: Database;
  devices: Devices;
  tries: Tries;
  mail: AccountMail;
  publicUrl: string;
  clock: Clock;
};

const resetMs = 30 * 60 * 1000;
/** Mails to one account in an hour, whoever asks for them. */
const resetsAnHour = 3;
const hourMs = 60 * 60 * 1000;
/** Asking takes at least this long, so that time does not tell whether an account exists. */
const answerMs = 300;

const resetTask = "identity.mail_reset";
const changedTask = "identity.mail_password_changed";
const idPayload = z.object({ id: z.uuid() });

/** Changing a password, by who knows it or by who reads the account's mail. */
export function createPasswords({ database, devices, tries, mail, publicUrl, clock }: Options) {
  const db = database.system;

  /**
   * Ends every other session and forgets every other device. Throws `identity.weak_password` and
   * `identity.wrong_password` (both unprocessable); ten wrong ones in one session pause it.
   */
  async function change(
    session: { userId: string; sessionId: string },
    order: { currentPassword: string; password: string },
    client: Client,
  ): Promise<void> {
    const { userId, sessionId } = session;
    const person = await store.findPerson(db, { id: userId });
    const current = await store.passwordHash(db, userId);
    if (person === null || current === null) throw wrongPassword();
    refuseWeak(order.password, person);
    const place = { userId, place: sessionId };
    if (!(await tries.begin(db, place))) throw wrongPassword();
    if (!(await verifyPassword(current, order.currentPassword))) throw wrongPassword();
    const hash = await hashPassword(order.password);
    const device = await devices.find(userId, client.cookie);
    await db.transaction().execute(async (tx) => {
      // Hashing took a while: who has replaced the password meanwhile is not overruled by whoever knew the old one.
      if (!(await store.passwordStands(tx, userId, current))) throw wrongPassword();
      await store.setPassword(tx, userId, hash, clock.now());
      await store.deleteOtherSessions(tx, userId, sessionId);
      await deleteOtherDevices(tx, userId, device?.id ?? null);
      await tries.forget(tx, place);
      await tell(tx, userId, accountPasswordChanged);
    });
  }

  /**
   * Mails a link to the account at this address, if there is one; the caller learns nothing of that. Throws
   * `identity.no_mail` (conflict) where this Galley sends none.
   */
  async function requestReset(address: string): Promise<void> {
    if (mail === null) throw noMail();
    const answer = pause(answerMs);
    const person = await store.findPerson(db, { email: normalizeAddress(address) });
    if (person !== null) await db.transaction().execute((tx) => enqueueReset(tx, person.id, mail.jobs));
    await answer;
  }

  async function enqueueReset(tx: Kysely<Schema>, userId: string, jobs: Jobs): Promise<void> {
    const now = clock.now();
    const id = newId();
    const reset = { id, userId, now, expiresAt: new Date(now.getTime() + resetMs) };
    const limit = { since: new Date(now.getTime() - hourMs), most: resetsAnHour };
    if (await store.insertReset(tx, reset, limit)) await jobs.enqueue(tx, resetTask, { id });
  }

  /**
   * Sets a new password by a mailed link, once. It proves the address, ends every session and forgets every
   * device; it opens no session, and what strangers have locked stays locked for them: the browser is known
   * from now on, and signs in by itself. Returns its `Set-Cookie`. Throws `identity.reset_not_found` and
   * `identity.weak_password`.
   */
  async function reset(order: { token: string; password: string }, client: Client): Promise<string> {
    const tokenHash = sha256(order.token);
    const person = await store.findReset(db, tokenHash, clock.now());
    if (person === null) throw resetNotFound();
    refuseWeak(order.password, person);
    const hash = await hashPassword(order.password);
    const userId = person.id;
    return db.transaction().execute(async (tx) => {
      const now = clock.now();
      if (!(await store.consumeReset(tx, { tokenHash, now }))) throw resetNotFound();
      await store.setPassword(tx, userId, hash, now);
      await store.confirmAddress(tx, userId);
      await store.deleteOtherSessions(tx, userId, null);
      await deleteOtherDevices(tx, userId, null);
      await tell(tx, userId, accountPasswordReset);
      return devices.remember(tx, { userId, known: null, userAgent: client.userAgent });
    });
  }

  /** Writes down that the password is another one, and lets its owner know. */
  async function tell(
    tx: Kysely<Schema>,
    userId: string,
    kind: typeof accountPasswordChanged | typeof accountPasswordReset,
  ): Promise<void> {
    await append(tx, kind, { actor: { kind: "person", userId }, targetId: userId });
    await mail?.jobs.enqueue(tx, changedTask, { id: userId });
  }

  const tasks: Record<string, Task> = {
    [resetTask]: async (payload, { signal }) => {
      if (mail === null) return;
      const { id } = idPayload.parse(payload);
      const token = randomBytes(32).toString("base64url");
      const person = await store.giveToken(db, { id, tokenHash: sha256(token), now: clock.now() });
      if (person === null) return;
      const link = new URL(`/reset-password?token=${token}`, publicUrl).href;
      await sendLetter(mail.sender, await resetLetter(person, link), { date: clock.now(), signal });
    },
    [changedTask]: async (payload, { signal }) => {
      if (mail === null) return;
      const person = await store.findReader(db, idPayload.parse(payload));
      if (person === null) return;
      const letter = await passwordChangedLetter(person, { publicUrl, at: clock.now() });
      await sendLetter(mail.sender, letter, { date: clock.now(), signal });
    },
  };

  return {
    change,
    requestReset,
    reset,
    tasks,
    removeOld: () => store.deleteOldResets(db, new Date(clock.now().getTime() - hourMs)),
  };
}

function wrongPassword(): IdentityError {
  const message =
    "This is not your present password. After ten wrong tries this session has to wait 15 minutes.";
  return new IdentityError({
    code: "identity.wrong_password",
    kind: "unprocessable",
    message,
    problems: [{ path: "/currentPassword", code: "identity.wrong_password", message }],
  });
}

function noMail(): IdentityError {
  return new IdentityError({
    code: "identity.no_mail",
    kind: "conflict",
    message:
      "This Galley sends no mail. Whoever runs it can set a new password on the machine, with `galley user reset-password` and your address.",
  });
}

function resetNotFound(): IdentityError {
  return new IdentityError({
    code: "identity.reset_not_found",
    kind: "not_found",
    message:
      "This link was used, is older than half an hour, or the password was changed since; ask for a new one.",
  });
}
