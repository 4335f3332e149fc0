import { readableMailAddress, toMailAddress } from "#kit";
import type { Account, ConnectorContext, FormConnect, MailServer } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { readRecipients } from "./recipients.ts";
import type { MailCredentials } from "./settings.ts";
import { catcherOf, serverOf } from "./settings.ts";

const mostRecipients = 100;
const tlsChoices = ["implicit", "starttls", "none"] as const;

export const emailForm: FormConnect = {
  kind: "form",
  fields: [
    {
      key: "fromName",
      label: "Sender name",
      kind: "text",
      choices: [],
      required: true,
      placeholder: "Example Ltd",
      help: "Who the mail is from, as readers see it.",
    },
    {
      key: "fromAddress",
      label: "Sender address",
      kind: "email",
      choices: [],
      required: true,
      placeholder: "news@example.com",
      help: "Your mail server must be allowed to send for this address (SPF, DKIM).",
    },
    {
      key: "recipients",
      label: "Recipients",
      kind: "lines",
      choices: [],
      required: true,
      placeholder: "ada@example.com",
      help: `At most ${mostRecipients}, one per line or as a mail program writes them. Readers do not see each other.`,
    },
    {
      key: "host",
      label: "SMTP server",
      kind: "text",
      choices: [],
      required: false,
      placeholder: "smtp.example.com",
      help: "Leave empty to use the built-in mail catcher, which shows mail and sends nothing on.",
    },
    {
      key: "port",
      label: "Port",
      kind: "number",
      choices: [],
      required: false,
      placeholder: "587",
      help: "587 for STARTTLS, 465 for TLS from the start.",
    },
    {
      key: "tls",
      label: "Encryption",
      kind: "choice",
      choices: [...tlsChoices],
      required: false,
      placeholder: "starttls",
      help: "`none` works only with servers that the configuration allows.",
    },
    {
      key: "username",
      label: "User name",
      kind: "text",
      choices: [],
      required: false,
      placeholder: "news@example.com",
      help: "Leave empty where the server asks for none.",
    },
    {
      key: "password",
      label: "Password",
      kind: "password",
      choices: [],
      required: false,
      placeholder: "",
      help: "Stored encrypted; never shown again.",
    },
  ],

  async open(context, form) {
    const credentials = readForm(context, form);
    const opened = { ...context, credentials };
    await verify(opened);
    return { credentials, scopes: [], expiresAt: null, endsAt: null, account: accountOf(credentials) };
  },
  refresh: null,
};

/** Signs in at the channel's server and sends nothing. Throws what the server says. */
export async function verify(context: ConnectorContext): Promise<void> {
  const outcome = await context.mail.verify(serverOf(context), context.signal);
  if (outcome.kind === "accepted") return;
  const { verdict, code, message, evidence } = outcome;
  throw new ConnectorFailure({ verdict, code, message, ...(evidence === null ? {} : { evidence }) });
}

export function accountOf({ from }: MailCredentials): Account {
  return {
    accountId: from.address.toLowerCase(),
    handle: readableMailAddress(from.address),
    displayName: from.name,
    avatarUrl: null,
    profileUrl: null,
  };
}

function readForm(context: ConnectorContext, form: Record<string, string>): MailCredentials {
  const name = (form["fromName"] ?? "").trim();
  const typed = (form["fromAddress"] ?? "").trim();
  const address = toMailAddress(typed);
  const { addresses: recipients, wrong } = readRecipients(form["recipients"] ?? "");
  if (name === "" || name.length > 100 || /\p{Cc}/u.test(name)) {
    throw wrongForm("fromName", "The sender name has 1 to 100 characters and no line breaks.");
  }
  if (address === null) throw wrongForm("fromAddress", `"${typed}" is not a mail address.`);
  if (wrong !== null) throw wrongForm("recipients", `"${wrong}" is not a mail address.`);
  if (recipients.length === 0 || recipients.length > mostRecipients) {
    throw wrongForm("recipients", `Name 1 to ${mostRecipients} recipients.`);
  }
  return { from: { name, address }, recipients, server: readServer(context, form) };
}

function readServer(context: ConnectorContext, form: Record<string, string>): MailServer | null {
  const host = (form["host"] ?? "").trim().toLowerCase();
  if (host === "") {
    if (catcherOf(context.settings)) return null;
    throw wrongForm("host", "The built-in mail catcher does not run here; name your SMTP server.");
  }
  if (!/^[a-z0-9.:-]{1,253}$/.test(host)) throw wrongForm("host", `"${host}" is not a host name.`);
  const wanted = form["tls"]?.trim() || (form["port"]?.trim() === "465" ? "implicit" : "starttls");
  const tls = tlsChoices.find((choice) => choice === wanted);
  if (!tls) throw wrongForm("tls", `Encryption is one of ${tlsChoices.join(", ")}.`);
  const port = Number(form["port"]?.trim() || (tls === "implicit" ? "465" : "587"));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw wrongForm("port", "A port is 1 to 65535.");
  const username = form["username"]?.trim() || null;
  return { host, port, tls, username, password: username === null ? null : (form["password"] ?? "") };
}

function wrongForm(key: string, message: string): ConnectorFailure {
  return new ConnectorFailure({ verdict: "rejected", code: `email.bad_${key}`, message });
}
