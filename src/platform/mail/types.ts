/** The same shapes as in the connector contract; the composition root checks that they fit. */
export type MailServer = {
  host: string;
  port: number;
  /** `implicit`: TLS from the first byte (465); `starttls`: required upgrade; `none`: only where the configuration allows the server. */
  tls: "implicit" | "starttls" | "none";
  username: string | null;
  password: string | null;
};

export type MailMessage = {
  /** With angle brackets. */
  messageId: string;
  from: { name: string; address: string };
  to: string[];
  subject: string;
  html: string;
  text: string;
  date: Date;
  headers: Record<string, string>;
  inline: { contentId: string; mimeType: string; base64: string }[];
};

export type MailFailure = {
  kind: "failed";
  /**
   * - `not_sent`: the message did not reach the final dot
   * - `unknown`: it did, and no answer came
   * - `rejected`, `throttled`, `unauthorized`: the server said so (5xx, 4xx, wrong password)
   */
  verdict: "not_sent" | "rejected" | "unauthorized" | "throttled" | "unknown";
  code: string;
  message: string;
  evidence: string | null;
  /** With `unknown`: the recipients that the server had not taken, for good or for now, before its answer was lost. */
  refused?: RecipientAnswer[];
};

/** `refused` and `deferred`: recipients that the server would not take (5xx), or not now (4xx), while it took others. */
export type MailOutcome =
  | { kind: "accepted"; response: string; refused: RecipientAnswer[]; deferred: RecipientAnswer[] }
  | MailFailure;

/** What a server said to one recipient: its reply code and its words. */
export type RecipientAnswer = { address: string; code: string; message: string };

export type MailTransport = {
  send(server: MailServer, message: MailMessage, signal: AbortSignal): Promise<MailOutcome>;
  /** Connects and signs in, and sends nothing. */
  verify(server: MailServer, signal: AbortSignal): Promise<MailOutcome>;
};
