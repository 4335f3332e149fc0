import { z } from "zod";
import { trimEndOf } from "#kit";
import { failureOf, isSuccess, parseAnswer, parseJson, refusalOf } from "../answers.ts";
import type { ConnectorContext, FormConnect, TokenSet } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import type { BlueskyCredentials } from "./xrpc.ts";
import { platform, readCredentials, send } from "./xrpc.ts";

const sessionSchema = z.object({
  did: z.string(),
  handle: z.string(),
  accessJwt: z.string(),
  refreshJwt: z.string(),
});
type Session = z.output<typeof sessionSchema>;

const defaultService = "https://bsky.social";

export const blueskyForm: FormConnect = {
  kind: "form",
  fields: [
    {
      key: "identifier",
      label: "Handle",
      kind: "text",
      choices: [],
      required: true,
      placeholder: "you.bsky.social",
      help: "Your handle, without the @.",
    },
    {
      key: "appPassword",
      label: "App password",
      kind: "password",
      choices: [],
      required: true,
      placeholder: "xxxx-xxxx-xxxx-xxxx",
      help: "Make one under Settings, Privacy and security, App passwords. Never use your account's own password.",
    },
    {
      key: "service",
      label: "Server",
      kind: "url",
      choices: [],
      required: false,
      placeholder: defaultService,
      help: "Only where your account lives on a server of its own.",
    },
  ],

  async open(context, form) {
    const identifier = (form["identifier"] ?? "").trim().replace(/^@/, "");
    const appPassword = (form["appPassword"] ?? "").trim();
    const service = trimEndOf(form["service"]?.trim() || defaultService, /\//);
    const protocol = URL.parse(service)?.protocol;
    if (protocol !== "https:" && protocol !== "http:")
      throw wrongForm("service", "The server must be a web address.");
    if (identifier === "" || appPassword === "")
      throw wrongForm("identifier", "Fill in handle and app password.");
    const login = { service, identifier, appPassword };
    const session = await createSession(context, login);
    return {
      ...tokenSet(login, session),
      account: {
        accountId: session.did,
        handle: `@${session.handle}`,
        displayName: session.handle,
        avatarUrl: null,
        profileUrl: `https://bsky.app/profile/${session.did}`,
      },
    };
  },

  /** Rotates the session; where its refresh token has ended, or an answer with the new one was lost, signs in again. */
  async refresh(context) {
    const credentials = readCredentials(context);
    const target = { service: credentials.service, token: credentials.refreshJwt };
    const response = await send(context, target, "com.atproto.server.refreshSession", { json: {} });
    if (isSuccess(response)) return tokenSet(credentials, parseAnswer(platform, response, sessionSchema));
    if (response.status === 429 || response.status >= 500)
      throw failureOf(platform, response, { repeatable: true });
    return tokenSet(credentials, await createSession(context, credentials));
  },
};

type Login = Pick<BlueskyCredentials, "service" | "identifier" | "appPassword">;

async function createSession(context: ConnectorContext, login: Login): Promise<Session> {
  const json = { identifier: login.identifier, password: login.appPassword };
  const target = { service: login.service, token: null };
  const response = await send(context, target, "com.atproto.server.createSession", { json });
  if (isSuccess(response)) return parseAnswer(platform, response, sessionSchema);
  if (response.status !== 401) throw failureOf(platform, response, { repeatable: true });
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: "bluesky.sign_in_refused",
    message: "Bluesky does not accept this handle and app password.",
    evidence: `${response.status} ${refusalOf(response).error}`,
  });
}

function tokenSet(login: Login, session: Session): TokenSet {
  const { service, identifier, appPassword } = login;
  const { accessJwt, refreshJwt } = session;
  return {
    credentials: { service, identifier, appPassword, accessJwt, refreshJwt },
    scopes: [],
    expiresAt: expiryOf(accessJwt),
    endsAt: null,
  };
}

/** When the token says that it ends; only a hint for refreshing early, so it needs no signature check. */
function expiryOf(jwt: string): Date | null {
  const payload = parseJson(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
  const parsed = z.object({ exp: z.number() }).safeParse(payload);
  return parsed.success ? new Date(parsed.data.exp * 1000) : null;
}

function wrongForm(key: string, message: string): ConnectorFailure {
  return new ConnectorFailure({ verdict: "rejected", code: `bluesky.bad_${key}`, message });
}
