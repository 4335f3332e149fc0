import { type Clock, GalleyError, sha256 } from "#kit";
import type { Database } from "#platform/db";
import type { MailFailure, MailMessage, MailSender } from "#platform/mail";
import {
  claimedUntil,
  claimForOne,
  deleteSettled,
  markMailed,
  type Notice,
  type Recipient,
  release,
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
/** Longer than one mail may take, or another worker would send it, too. */
const claimMs = 120_000;

/**
 * Sends what waits in a workspace, one mail for each person. Returns until when another worker has claimed
 * some of it. A mail that is not accepted stays, and an error makes the job come again.
 */
export async function sendWaiting(
  parts: SendParts,
  workspaceId: string,
  signal: AbortSignal,
): Promise<Date | null> {
  const db = parts.database.system;
  await deleteSettled(db, workspaceId);
  const failed = new Map<string, MailFailure>();
  while (!signal.aborted) {
    const claimed = await claimForOne(db, workspaceId, { except: [...failed.keys()], forMs: claimMs });
    if (claimed === null) break;
    const ids = claimed.notices.map(({ id }) => id);
    const outcome = await sendOne(parts, claimed, signal);
    if (outcome.kind === "accepted") {
      await markMailed(db, workspaceId, ids);
      continue;
    }
    await release(db, workspaceId, ids);
    failed.set(claimed.recipient.userId, outcome);
    // The others would wait for the same server in vain.
    if (outcome.verdict === "not_sent" || outcome.verdict === "unauthorized") break;
  }
  const [failure] = failed.values();
  if (failure) throw notMailed(failure);
  return claimedUntil(db, workspaceId);
}

async function sendOne(
  { mail, publicUrl, connectorName, clock }: SendParts,
  { recipient, notices }: { recipient: Recipient; notices: Notice[] },
  signal: AbortSignal,
) {
  const words = writeNotice(notices, { publicUrl, connectorName, workspaceName: recipient.workspaceName });
  // The same mail has the same id, so that a mail box can tell a copy after a lost answer.
  const id = sha256(notices.map((notice) => notice.id).join(" ")).slice(0, 40);
  const message: MailMessage = {
    messageId: `<notice.${id}@${mail.from.address.split("@")[1]}>`,
    from: mail.from,
    to: [recipient.email],
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
