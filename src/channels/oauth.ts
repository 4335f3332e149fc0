import { createHash, randomBytes } from "node:crypto";
import type { Connector, OAuthConnect } from "#connectors";
import type { Actor } from "#kit";
import { GalleyError, sha256 } from "#kit";
import type { Secrets } from "#platform/secrets";
import type { SignedIn } from "#platform/wire";
import { can } from "#workspaces";
import type { Channel } from "./channel.ts";
import { contextFor } from "./context.ts";
import { channelError } from "./errors.ts";
import { platformError } from "./oauth-errors.ts";
import type { TakenState } from "./oauth.store.ts";
import { insertState, takeState } from "./oauth.store.ts";
import type { Parts } from "./parts.ts";
import { askPlatform, connectorOf, patienceMs } from "./parts.ts";
import { accountOf, storeAccount } from "./store-account.ts";

/** RFC 6749 leaves the life of a dance open; a person needs minutes, not hours. */
const stateMs = 600_000;

export type OAuthParts = Parts & { secrets: Secrets; publicUrl: string };

export type AuthorizeOptions = {
  /** False when no person looks at a page: the platform answers at once or refuses. */
  interactive: boolean;
  /** A path of the dashboard to go to afterwards. */
  returnTo: string | null;
};

/** What the platform put on the way back (RFC 6749 section 4.1.2). */
export type CallbackQuery = {
  code?: string | undefined;
  state?: string | undefined;
  error?: string | undefined;
  error_description?: string | undefined;
};

/** How the dance ended; `returnTo` is known even where it failed, if the state was ours. */
export type CallbackResult = { returnTo: string | null } & (
  | { kind: "connected"; channel: Channel }
  | { kind: "failed"; error: GalleyError }
);

/** The exact address to register with the platform. */
export function redirectUriOf(publicUrl: string, connectorId: string): string {
  return `${publicUrl}/api/v1/oauth/${connectorId}/callback`;
}

/** Starts the dance: the address of the platform's consent page. The verifier stays here, sealed. */
export async function authorize(
  parts: OAuthParts,
  actor: Actor,
  connectorId: string,
  options: AuthorizeOptions,
): Promise<{ authorizeUrl: string }> {
  const connector = connectorOf(parts.connectors, connectorId);
  const connect = oauthOf(connector);
  const state = randomBytes(32).toString("base64url");
  // RFC 7636 section 4.1: 32 random bytes make a verifier of 43 characters.
  const verifier = randomBytes(32).toString("base64url");
  const stateHash = sha256(state);
  const redirectUri = redirectUriOf(parts.publicUrl, connectorId);
  const authorizeUrl = await askPlatform(() =>
    connect.authorizeUrl(parts.ways.settings[connectorId] ?? {}, {
      redirectUri,
      state,
      codeChallenge: createHash("sha256").update(verifier).digest("base64url"),
      scopes: connect.scopes,
      interactive: options.interactive,
    }),
  );
  const sealedVerifier = await parts.secrets.seal(verifierPlace(actor.workspaceId, stateHash), verifier);
  await parts.database.inWorkspace(actor.workspaceId, (tx) =>
    insertState(tx, {
      workspaceId: actor.workspaceId,
      stateHash,
      connector: connectorId,
      sessionId: actor.sessionId,
      sealedVerifier,
      redirectUri,
      scopes: connect.scopes,
      returnTo: options.returnTo === null ? null : ownPath(options.returnTo, parts.publicUrl),
      expiresAt: new Date(parts.clock.now().getTime() + stateMs),
    }),
  );
  return { authorizeUrl };
}

/**
 * Ends the dance. The state works once, for ten minutes, in the session that started it, for its
 * connector; whatever else comes is refused before a byte goes to the platform.
 */
export async function callback(
  parts: OAuthParts,
  person: SignedIn,
  connectorId: string,
  query: CallbackQuery,
): Promise<CallbackResult> {
  let returnTo: string | null = null;
  try {
    const connector = connectorOf(parts.connectors, connectorId);
    const connect = oauthOf(connector);
    const state = await takeOwnState(parts, person, connectorId, query.state);
    returnTo = state.returnTo;
    refuseSpentState(parts, state);
    const actor = actorFor(person, state);
    if (query.error !== undefined) throw platformError(connector.name, query.error, query.error_description);
    if (query.code === undefined || query.code === "") {
      throw channelError("no_code", "invalid", `${connector.name} sent no code back; connect again.`);
    }
    const channel = await finish(parts, connector, connect, actor, state, query.code);
    return { kind: "connected", channel, returnTo };
  } catch (error) {
    if (error instanceof GalleyError) return { kind: "failed", error, returnTo };
    throw error;
  }
}

async function finish(
  parts: OAuthParts,
  connector: Connector,
  connect: OAuthConnect,
  actor: Actor,
  state: TakenState,
  code: string,
): Promise<Channel> {
  const place = verifierPlace(state.workspaceId, state.stateHash);
  const codeVerifier = await parts.secrets.openText(place, state.sealedVerifier);
  const signal = AbortSignal.timeout(patienceMs);
  const context = contextFor(parts.ways, connector, { credentials: {}, accountId: "" }, signal);
  const answer = await askPlatform(async () => {
    const grant = { code, redirectUri: state.redirectUri, codeVerifier };
    const tokens = await connect.exchange(context, grant);
    refuseMissingScopes(connector, state.scopes, tokens.scopes);
    return { ...tokens, account: await accountOf(parts, connector, tokens.credentials, signal) };
  });
  return storeAccount(parts, connector, actor, answer);
}

async function takeOwnState(
  parts: OAuthParts,
  person: SignedIn,
  connectorId: string,
  state: string | undefined,
): Promise<TakenState> {
  const taken =
    state === undefined || state === ""
      ? undefined
      : await takeState(parts.database.system, {
          stateHash: sha256(state),
          sessionId: person.sessionId,
          connector: connectorId,
          at: parts.clock.now(),
        });
  if (taken) return taken;
  // The same for a state that never was, another session's and another platform's.
  throw channelError(
    "foreign_state",
    "forbidden",
    "This answer does not belong to a connection that you started in this session. Start again from the channels page.",
  );
}

function refuseSpentState(parts: OAuthParts, state: TakenState): void {
  if (state.usedBefore) {
    throw channelError(
      "state_used",
      "conflict",
      "This connection was already completed once; start a new one.",
    );
  }
  if (state.expiresAt.getTime() <= parts.clock.now().getTime()) {
    throw channelError(
      "state_expired",
      "conflict",
      "More than ten minutes have passed; start the connection again.",
    );
  }
}

/** The person as they are now: a role that was lost since the start connects nothing. */
function actorFor(person: SignedIn, state: TakenState): Actor {
  if (state.role !== null && can(state.role, "channels.manage")) {
    return { kind: "person", ...person, workspaceId: state.workspaceId, role: state.role };
  }
  throw channelError("forbidden", "forbidden", "Your role no longer includes connecting channels.");
}

export function missingScopes(needed: string[], granted: string[]): string[] {
  return needed.filter((scope) => !granted.includes(scope));
}

function refuseMissingScopes(connector: Connector, needed: string[], granted: string[]): void {
  const missing = missingScopes(needed, granted);
  if (missing.length === 0) return;
  throw channelError(
    "scopes_missing",
    "unprocessable",
    `${connector.name} granted less than Galley needs; missing: ${missing.join(", ")}. Connect again and allow all of it.`,
  );
}

function oauthOf(connector: Connector): OAuthConnect {
  if (connector.connect.kind === "oauth") return connector.connect;
  throw channelError(
    "not_oauth",
    "invalid",
    `${connector.name} is connected with a form, not on a page of its own.`,
  );
}

/** A path on this installation; an address that leads elsewhere is refused (open redirects). */
function ownPath(returnTo: string, publicUrl: string): string {
  const origin = new URL(publicUrl).origin;
  const url = returnTo.startsWith("/") ? URL.parse(returnTo, origin) : null;
  if (url?.origin === origin) return `${url.pathname}${url.search}${url.hash}`;
  throw channelError("return_to", "invalid", "returnTo is a path of this dashboard, such as /channels.", {
    problems: [{ path: "/returnTo", code: "path.foreign", message: "This leads away from Galley." }],
  });
}

function verifierPlace(workspaceId: string, stateHash: string) {
  return { workspaceId, table: "oauth_states", column: "code_verifier", row: stateHash };
}
