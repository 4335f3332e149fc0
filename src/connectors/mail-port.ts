import type { Verdict } from "./verdict.ts";

/** A mail transport with the same promises as `ConnectorHttp`: one connection, one attempt. It never throws. */
export type ConnectorMail = {
  send(server: MailServer, message: MailMessage, signal: AbortSignal): Promise<MailOutcome>;
  /** Connects and signs in, and sends nothing. */
  verify(server: MailServer, signal: AbortSignal): Promise<MailOutcome>;
};

/** `refused` and `deferred`: recipients that the server would not take, or not now, while it took others. */
export type MailOutcome =
  | { kind: "accepted"; response: string; refused: RecipientAnswer[]; deferred: RecipientAnswer[] }
  | {
      kind: "failed";
      verdict: Verdict;
      code: string;
      message: string;
      evidence: string | null;
      /** With `unknown`: the recipients that the server had not taken before its answer was lost. */
      refused?: RecipientAnswer[];
    };

/** What a server said to one recipient: its reply code (RFC 5321, section 4.2.3) and its words. */
export type RecipientAnswer = { address: string; code: string; message: string };

export type MailServer = {
  host: string;
  port: number;
  /** `implicit`: TLS from the first byte (465); `starttls`: required upgrade; `none`: only for loopback. */
  tls: "implicit" | "starttls" | "none";
  username: string | null;
  password: string | null;
};

export type MailMessage = {
  messageId: string;
  from: { name: string; address: string };
  to: string[];
  subject: string;
  html: string;
  text: string;
  date: Date;
  headers: Record<string, string>;
  /** Images that the HTML shows as `cid:contentId`. */
  inline: { contentId: string; mimeType: string; base64: string }[];
};
