import { directionOfLanguage, escapeHtml, GalleyError, type Language, oneLine, sha256 } from "#kit";
import type { MailMessage, MailServer, MailTransport } from "./types.ts";

/** Through which server, and in whose name, Galley itself writes to people. */
export type MailSender = {
  transport: Pick<MailTransport, "send">;
  server: MailServer;
  from: MailMessage["from"];
};

/** A mail of a few paragraphs with at most one link, which stands on a line of its own. */
export type Letter = {
  /** The same letter has the same id, so that a mail box can tell a copy after a lost answer. */
  id: string;
  to: string;
  /** Of its words. */
  language: Language;
  subject: string;
  paragraphs: string[];
  link?: string;
};

const patienceMs = 45_000;

/** What Galley itself writes to a person, as a page. */
export function mailPage(language: Language, body: string): string {
  const direction = directionOfLanguage(language);
  return `<!doctype html><html lang="${language}" dir="${direction}"><body style="font:16px/1.5 sans-serif">${body}</body></html>`;
}

/** Sends a letter. Throws `mail.not_accepted` (unavailable) where the server did not take it: a job then comes again. */
export async function sendLetter(
  { transport, server, from }: MailSender,
  { id, to, language, subject, paragraphs, link }: Letter,
  { date, signal }: { date: Date; signal: AbortSignal },
): Promise<void> {
  const lines = paragraphs.map(oneLine);
  const anchor = link === undefined ? "" : `<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`;
  const html = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("");
  const message: MailMessage = {
    messageId: `<letter.${sha256(id).slice(0, 40)}@${from.address.split("@")[1]}>`,
    from,
    to: [to],
    subject: oneLine(subject),
    text: `${[...lines, ...(link === undefined ? [] : [link])].join("\n\n")}\n`,
    html: mailPage(language, `${html}${anchor}`),
    date,
    headers: { "Auto-Submitted": "auto-generated" },
    inline: [],
  };
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const outcome = await transport.send(server, message, deadline);
  if (outcome.kind === "accepted") return;
  throw new GalleyError({
    code: "mail.not_accepted",
    kind: "unavailable",
    message: `A mail could not be handed over and will be tried again (${outcome.code}): ${outcome.message}`,
  });
}
