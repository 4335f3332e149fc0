import type { Email } from "postal-mime";
import type { Markup } from "../page.ts";
import { html, layout } from "../page.ts";
import { type MailFaultKind, mailFaultKinds } from "./faults.ts";
import type { CaughtMail, MailStore } from "./store.ts";

const pageSize = 50;

function dressed(base: string, title: string, current: "mail" | "faults" | null, body: Markup): string {
  return layout({
    title: `${title} · Mail catcher`,
    brand: "Mail catcher",
    home: `${base}/`,
    nav: [
      { href: `${base}/`, label: "Mail", current: current === "mail" },
      { href: `${base}/faults`, label: "Fault switches", current: current === "faults" },
    ],
    body,
  });
}

/** What was caught, newest first. */
export function listPage(base: string, mails: CaughtMail[], before: string | null): string {
  const newest = mails.toReversed();
  const start = before === null ? 0 : newest.findIndex((mail) => mail.id === before) + 1;
  const shown = newest.slice(start, start + pageSize);
  const last = shown.at(-1);
  if (shown.length === 0) {
    return dressed(
      base,
      "Mail",
      "mail",
      html`<div class="card empty">
        <h1>No mail yet</h1>
        <p>
          Connect an email channel without an SMTP server, and what Galley sends to it lands here. Nothing is
          passed on.
        </p>
      </div>`,
    );
  }
  const rows = shown.map(
    (mail) =>
      html`<li>
        <a class="subject" href="${base}/messages/${mail.id}">${mail.subject || "(no subject)"}</a>
        <div class="soft">${mail.from} to ${recipients(mail)} · ${time(mail)}</div>
      </li>`,
  );
  const older =
    last && start + pageSize < newest.length
      ? html`<p><a href="${base}/?before=${last.id}">Older mail</a></p>`
      : null;
  return dressed(
    base,
    "Mail",
    "mail",
    html`<h1>Mail</h1>
      <div class="card">
        <ul class="plain">
          ${rows}
        </ul>
      </div>
      ${older}`,
  );
}

/** One mail: headers, HTML in a sandboxed frame, text, and the way to the raw bytes. */
export function messagePage(base: string, mail: CaughtMail, parsed: Email): string {
  const frame = parsed.html
    ? html`<div class="card">
        <h2>HTML</h2>
        <iframe sandbox="" title="HTML of the mail" src="${base}/messages/${mail.id}/html"></iframe>
      </div>`
    : null;
  return dressed(
    base,
    mail.subject || "(no subject)",
    null,
    html` <h1>${mail.subject || "(no subject)"}</h1>
      <div class="card">
        <dl>
          <dt>From</dt>
          <dd>${mail.from}</dd>
          <dt>To</dt>
          <dd>${recipients(mail)}</dd>
          <dt>Received</dt>
          <dd>${time(mail)}</dd>
          <dt>Message-ID</dt>
          <dd>${mail.messageId}</dd>
        </dl>
        <a href="${base}/messages/${mail.id}/raw">Raw message (${mail.bytes} bytes)</a>
      </div>
      ${frame}
      <div class="card">
        <h2>Text</h2>
        <pre>${parsed.text ?? ""}</pre>
      </div>`,
  );
}

export function missingPage(base: string): string {
  return dressed(base, "Not found", null, html`<div class="card"><h1>There is no such mail</h1></div>`);
}

const labels: Record<MailFaultKind, string> = {
  refuse_connection: "Connection reset before the greeting",
  lost_answer: "Kept, answer lost",
  cut_answer: "Kept, reset in the middle of the answer",
  drop_before_keep: "Connection ends, nothing kept",
  late_commit: "Connection ends, arrives after the delay",
  listing_lag: "Kept, found after the delay",
  ghost_duplicate: "The server itself delivers it twice",
  defer: "451, try later",
  reject: "554, never",
  reject_recipient: "550 to the first recipient",
  defer_recipient: "450 to the first recipient",
  slow: "Kept, answered after the delay",
};

export function mailFaultsPage(base: string, store: MailStore): string {
  const active = store.faults.map(
    ({ kind, remaining, delayMs }) =>
      html`<li>
        ${labels[kind]}
        <span class="soft"
          >${remaining === null ? "until cleared" : `${remaining} more`}${delayMs > 0 ? `, ${delayMs / 1000} s` : ""}</span
        >
      </li>`,
  );
  return dressed(
    base,
    "Fault switches",
    "faults",
    html`<h1>Fault switches</h1>
      <div class="card">
        <h2>Switched on</h2>
        ${
          active.length > 0
            ? html`<ul class="plain">
                ${active}
              </ul>`
            : html`<p class="soft">Nothing: every mail is taken.</p>`
        }
        <form method="post" action="${base}/faults">
          <button class="quiet" name="action" value="clear">Clear all</button>
        </form>
      </div>
      <form class="card" method="post" action="${base}/faults">
        <h2>Add a fault</h2>
        <label for="kind">What happens</label>
        <select id="kind" name="kind">
          ${mailFaultKinds.map((kind) => html`<option value="${kind}">${labels[kind]}</option>`)}
        </select>
        <label for="remaining">How often (empty: always)</label
        ><input id="remaining" name="remaining" type="number" min="1" value="1" />
        <label for="delay">Delay in seconds</label
        ><input id="delay" name="delaySeconds" type="number" min="0" max="3600" value="0" />
        <button name="action" value="add">Switch on</button>
      </form>`,
  );
}

function recipients(mail: CaughtMail): string {
  return mail.to.length > 3
    ? `${mail.to.slice(0, 3).join(", ")} and ${mail.to.length - 3} more`
    : mail.to.join(", ");
}

function time(mail: CaughtMail): Markup {
  return html`<time datetime="${mail.receivedAt}"
    >${mail.receivedAt.slice(0, 16).replace("T", " ")} UTC</time
  >`;
}
