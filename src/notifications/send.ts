import { type Clock, GalleyError, sha256 } from "#kit";
import type { Database } from "#platform/db";
import { heldUntil, type Lease, underLease } from "#platform/leases";
import type { MailFailure, MailMessage, MailSender } from "#platform/mail";
import { speaking } from "#platform/texts";
import {
  deleteSettled,
  markMailed,
  type Notice,
  type Recipient,
  waitingFor,
  waitingPeople,
} from "./notifications.store.ts";
import { writeNotice } from "./words.ts";

type SendParts = {
  database: Database;
  mail: MailSender;
  publicUrl: string;
  connectorName: (id: string) => string;
  clock: Clock;
};

const patienceMs = 45_000;
/** A mail that is on its way when its worker dies is tried by another one after so long. */
const leaseMs = 120_000;
/** The job that sends what waits in a workspace, and the lease of whoever does. */
export const mailTask = "notifications.mail";

/**
 * Sends what waits in a workspace, one mail for each person. Returns until when another worker may still mail some of
 * it. A mail that is not accepted stays, and an error makes the job come again.
 */
export async function sendWaiting(
  parts: SendParts,
  workspaceId: string,
  signal: AbortSignal,
): Promise<Date | null> {
  const { database } = parts;
  const db = database.system;
  await deleteSettled(db, workspaceId);
  let failure: MailFailure | null = null;
  let isElsewhere = false;
  for (const userId of await waitingPeople(db, workspaceId)) {
    if (signal.aborted) break;
    const key = { workspaceId, kind: mailTask, subject: userId };
    const held = await underLease(database, { key, forMs: leaseMs, signal }, (lease) =>
      mailPerson(parts, lease, userId),
    );
    isElsewhere ||= held === null;
    const refused = held?.result ?? null;
    failure ??= refused;
    // The others would wait for the same server in vain.
    if (refused?.verdict === "not_sent" || refused?.verdict === "unauthorized") break;
  }
  if (failure) throw notMailed(failure);
  return isElsewhere ? heldUntil(db, { workspaceId, kind: mailTask }) : null;
}

/** All that waits for one person, in one mail; how it failed, where it did. */
async function mailPerson(parts: SendParts, lease: Lease, userId: string): Promise<MailFailure | null> {
  const { workspaceId } = lease;
  const waiting = await waitingFor(parts.database.system, workspaceId, userId);
  if (waiting === null) return null;
  const outcome = await sendOne(parts, waiting, lease.signal);
  if (outcome.kind !== "accepted") return outcome;
  // It is sent, whoever holds the lease by now.
  const ids = waiting.notices.map(({ id }) => id);
  await markMailed(parts.database.system, workspaceId, ids);
  return null;
}

async function sendOne(
  { mail, publicUrl, connectorName, clock }: SendParts,
  { recipient, notices }: { recipient: Recipient; notices: Notice[] },
  signal: AbortSignal,
) {
  const { email, language, workspaceName } = recipient;
  const say = await speaking(language);
  const words = writeNotice(notices, { publicUrl, connectorName, workspaceName, language, say });
  // The same mail has the same id, so that a mail box can tell a copy after a lost answer.
  const id = sha256(notices.map((notice) => notice.id).join(" ")).slice(0, 40);
  const message: MailMessage = {
    messageId: `<notice.${id}@${mail.from.address.split("@")[1]}>`,
    from: mail.from,
    to: [email],
    ...words,
    date: clock.now(),
    headers: { "Auto-Submitted": "auto-generated" },
    inline: [],
  };
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  return mail.transport.send(mail.server, message, deadline);
}

function notMailed({ code, message }: MailFailure): GalleyError {
  return new GalleyError({
    code: "notifications.not_mailed",
    kind: "unavailable",
    message: `A notice could not be mailed and will be tried again (${code}): ${message}`,
  });
}
