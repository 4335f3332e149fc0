import { isMailAddress } from "#kit";

/** A server that takes mail: `starttls` must upgrade, `none` sends in the clear and has no password to lose. */
export type SmtpServer = {
  host: string;
  port: number;
  tls: "implicit" | "starttls" | "none";
  username: string | null;
  password: string | null;
};

/**
 * Reads `smtps://user:password@host:465` or `smtp://…:587`; `smtp://host:25?tls=off` names a relay of one's own
 * network, without a user. Null where it is neither.
 */
export function smtpServer(text: string): SmtpServer | null {
  const url = URL.parse(text);
  if (!url || !/^smtps?:$/.test(url.protocol) || !/^\/?$/.test(url.pathname) || url.hash !== "") return null;
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (!/^[a-z0-9.:-]{1,253}$/.test(host)) return null;
  const isImplicit = url.protocol === "smtps:";
  const isClear = url.search === "?tls=off" && !isImplicit;
  if (url.search !== "" && !isClear) return null;
  if ((url.username === "") !== (url.password === "")) return null;
  if (isClear && url.username !== "") return null;
  try {
    return {
      host,
      port: url.port === "" ? (isImplicit ? 465 : 587) : Number(url.port),
      tls: isImplicit ? "implicit" : isClear ? "none" : "starttls",
      username: url.username === "" ? null : decodeURIComponent(url.username),
      password: url.password === "" ? null : decodeURIComponent(url.password),
    };
  } catch {
    return null;
  }
}

/** Reads `galley@example.com` or `Galley <galley@example.com>`; null where it is neither. */
export function mailSender(text: string): { name: string; address: string } | null {
  // short text: a line of the configuration
  const [, name = "Galley", bracketed] = /^([^<>"\p{Cc}]{1,100}?)\s*<([^<>]+)>$/u.exec(text.trim()) ?? [];
  const address = bracketed ?? text.trim();
  return isMailAddress(address) ? { name, address } : null;
}
