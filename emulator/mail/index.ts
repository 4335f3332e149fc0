import PostalMime from "postal-mime";
import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, jsonBody, listen, page, redirect, Refusal } from "../http.ts";
import { parseMailFault } from "./faults.ts";
import { listPage, mailFaultsPage, messagePage, missingPage } from "./pages.ts";
import { startSmtp } from "./smtp.ts";
import type { CaughtMail } from "./store.ts";
import { openMailStore } from "./store.ts";

export type MailCatcherOptions = {
  /** Holds the mails and their index; created when missing. */
  directory: string;
  host: string;
  /** 0 picks a free one. */
  smtpPort: number;
  httpPort: number;
  /** Where people reach its pages, with a path where they sit under another server; null for its own address. */
  publicUrl: string | null;
  clock?: { now(): Date };
};

export type MailCatcher = {
  host: string;
  smtpPort: number;
  /** Where programs reach its pages and API. */
  url: string;
  publicUrl: string;
  close(): Promise<void>;
};

/** Starts a mail server that keeps what it gets, and pages to read it. A mail that got its 250 is on disk. */
export async function startMailCatcher(options: MailCatcherOptions): Promise<MailCatcher> {
  const store = openMailStore(options.directory, options.clock ?? { now: () => new Date() });
  const basePath = options.publicUrl === null ? "" : new URL(options.publicUrl).pathname.replace(/\/+$/, "");

  async function handle(request: EmulatorRequest): Promise<Answer> {
    const { query } = request;
    switch (`${request.method} ${request.path}`) {
      case "GET /":
        return page(listPage(basePath, store.arrived(), query.get("before")));
      case "GET /mail":
        return show(store.find(query.get("message_id") ?? "").at(-1));
      case "GET /faults":
        return page(mailFaultsPage(basePath, store));
      case "POST /faults":
        return changeFaults(request);
      case "GET /api/messages":
        return search(query.get("message_id"));
      case "GET /control/journal":
        return json({ mails: store.mails });
      case "GET /control/requests":
        return json({ requests: smtp.handled });
      case "GET /control/faults":
        return json({ faults: store.faults });
      case "PUT /control/faults":
        return putFaults(request);
      default:
        return byPath(request);
    }
  }

  // Without a Message-ID: everything, be it still on its way.
  function search(messageId: string | null): Answer {
    return json({ items: messageId === null ? store.mails : store.find(messageId) });
  }

  function changeFaults(request: EmulatorRequest): Answer {
    const form = formBody(request);
    if (form.get("action") === "clear") store.setFaults([]);
    if (form.get("action") === "add") {
      const remaining = form.get("remaining") ?? "1";
      const fault = parseMailFault({
        kind: form.get("kind"),
        remaining: remaining === "" ? null : Number(remaining),
        delayMs: Number(form.get("delaySeconds") ?? "0") * 1000,
      });
      store.setFaults([...store.faults, fault]);
    }
    return redirect(`${basePath}/faults`);
  }

  function putFaults(request: EmulatorRequest): Answer {
    const faults = jsonBody(request)["faults"];
    if (!Array.isArray(faults)) throw new Refusal(400, "bad_fault", '"faults" is a list.');
    store.setFaults(faults.map(parseMailFault));
    return json({ faults: store.faults });
  }

  async function byPath(request: EmulatorRequest): Promise<Answer> {
    const [, id, part] = /^\/messages\/([\w-]+)(?:\/(html|raw))?$/.exec(request.path) ?? [];
    const mail = id === undefined ? undefined : store.byId.get(id);
    if (!mail || request.method !== "GET") return page(missingPage(basePath), 404);
    if (part === undefined) return show(mail);
    const raw = store.raw(mail);
    if (part === "html") return framed(raw);
    const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
    return { status: 200, headers, body: raw };
  }

  async function show(mail: CaughtMail | undefined): Promise<Answer> {
    if (!mail) return page(missingPage(basePath), 404);
    return page(messagePage(basePath, mail, await PostalMime.parse(store.raw(mail))));
  }

  const smtp = await startSmtp(store, { host: options.host, port: options.smtpPort });
  const listening = await listen(handle, { host: options.host, port: options.httpPort, basePath });
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${listening.port}`;
  return {
    host: options.host,
    smtpPort: smtp.port,
    url,
    publicUrl: (options.publicUrl ?? url).replace(/\/+$/, ""),
    async close() {
      await smtp.close();
      await listening.close();
      store.close();
    },
  };
}

/** The HTML as a mail program would show it, its own images put in; it can neither run nor load anything. */
async function framed(raw: Buffer): Promise<Answer> {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: "base64" });
  let body = mail.html ?? "";
  for (const attachment of mail.attachments) {
    const contentId = attachment.contentId?.replace(/^<|>$/g, "");
    if (!contentId || typeof attachment.content !== "string") continue;
    body = body.replaceAll(`cid:${contentId}`, `data:${attachment.mimeType};base64,${attachment.content}`);
  }
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy":
        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'",
      "x-content-type-options": "nosniff",
    },
    body,
  };
}
