import { createHash, randomBytes } from "node:crypto";
import type { Connector, ConnectorContext, OAuthConnect } from "#connectors";
import type { Actor, JsonObject } from "#kit";
import { GalleyError, ownPath, sha256 } from "#kit";
import type { SignedIn } from "#platform/wire";
import { can } from "#workspaces";
import { refuseMissingApp } from "../apps/app-values.ts";
import type { ConnectDeps } from "../deps.ts";
import { askPlatform, patienceMs } from "../model/ask-platform.ts";
import type { Channel, PendingConnection } from "../model/channel.ts";
import { contextFor, noAccess } from "../model/context.ts";
import { channelError } from "../model/errors.ts";
import { connectorOf, findChannel } from "../model/find.ts";
import { registrationColumn, verifierColumn } from "../model/sealed-columns.ts";
import { checkedForm, fieldFailure } from "./form-check.ts";
import { platformError } from "./oauth-errors.ts";
import { finish } from "./oauth-finish.ts";
import type { TakenState } from "./oauth.store.ts";
import { insertState, takeState } from "./oauth.store.ts";

/** RFC 6749 leaves the life of a flow open; a person needs minutes, not hours. */
const stateMs = 600_000;

export type AuthorizeOptions = {
  /** False when no person looks at a page: the platform answers at once or refuses. */
  interactive: boolean;
  /** A path of the dashboard to go to afterwards. */
  returnTo: string | null;
  /** What is asked before the consent page (`before.fields`), by key; empty where nothing is. */
  form?: Record<string, string>;
  /** The channel that is connected again: another account is refused instead of connected beside it. */
  channelId?: string | null;
  /** Without the optional scopes, for an app that does not offer them. */
  onlyNeeded?: boolean;
};

/** What the platform put on the way back (RFC 6749 section 4.1.2). */
export type CallbackQuery = {
  code?: string | undefined;
  state?: string | undefined;
  error?: string | undefined;
  error_description?: string | undefined;
};

/** How the flow ended; `returnTo` is known even where it failed, if the state was ours. */
export type CallbackResult = { returnTo: string | null } & (
  | { kind: "connected"; channel: Channel }
  | { kind: "pending"; pending: PendingConnection }
  | { kind: "failed"; error: GalleyError }
);

/** The exact address to register with the platform. */
export function redirectUriOf(publicUrl: string, connectorId: string): string {
  return `${publicUrl}/api/v1/oauth/${connectorId}/callback`;
}

/** Starts the flow: the address of the platform's consent page. The verifier stays here, sealed. */
export async function authorize(
  deps: ConnectDeps,
  actor: Actor,
  options: AuthorizeOptions & { connectorId: string },
): Promise<{ authorizeUrl: string }> {
  const { connectorId } = options;
  const { workspaceId, sessionId } = actor;
  const connector = connectorOf(deps.connectors, connectorId);
  const connect = oauthOf(connector);
  const returnTo = options.returnTo === null ? null : checkedReturn(options.returnTo);
  const channelId = await reconnected(deps, workspaceId, connector, options.channelId ?? null);
  const state = randomBytes(32).toString("base64url");
  // RFC 7636 section 4.1: 32 random bytes make a verifier of 43 characters.
  const verifier = randomBytes(32).toString("base64url");
  const stateHash = sha256(state);
  const redirectUri = redirectUriOf(deps.publicUrl, connectorId);
  const app = await deps.apps.current(workspaceId, connector);
  refuseMissingApp(connector, app);
  const context = contextFor(
    deps.transports,
    app.settings,
    noAccess(workspaceId),
    AbortSignal.timeout(patienceMs),
  );
  const registration = await register({ connector, connect, context }, options.form ?? {}, redirectUri);
  const optionalScopes = options.onlyNeeded ? [] : connect.optionalScopes.map(({ scope }) => scope);
  const authorizeUrl = await askPlatform(() =>
    connect.authorizeUrl(context.settings, {
      redirectUri,
      state,
      codeChallenge: createHash("sha256").update(verifier).digest("base64url"),
      scopes: [...connect.scopes, ...optionalScopes],
      registration: registration ?? {},
      interactive: options.interactive,
    }),
  );
  const place = { workspaceId, stateHash };
  const sealedVerifier = await deps.secrets.seal(verifierColumn(place), verifier);
  const sealedRegistration =
    registration === null
      ? null
      : await deps.secrets.seal(registrationColumn(place), JSON.stringify(registration));
  await deps.database.inWorkspace(workspaceId, (tx) =>
    insertState(tx, {
      workspaceId,
      stateHash,
      connector: connectorId,
      sessionId,
      sealedVerifier,
      sealedRegistration,
      channelId,
      appId: app.id,
      appIdentity: app.identity,
      redirectUri,
      scopes: connect.scopes,
      optionalScopes,
      returnTo,
      expiresAt: new Date(deps.clock.now().getTime() + stateMs),
    }),
  );
  return { authorizeUrl };
}

/** Asks what has to be known before the consent page, as an app on the person's own server; null where nothing is. */
async function register(
  { connector, connect, context }: { connector: Connector; connect: OAuthConnect; context: ConnectorContext },
  form: Record<string, string>,
  redirectUri: string,
): Promise<JsonObject | null> {
  const fields = connect.before?.fields ?? [];
  const checked = checkedForm(fields, form);
  const { before } = connect;
  if (before === null) return null;
  return askPlatform(async () => {
    try {
      return await before.register(context, checked, redirectUri);
    } catch (error) {
      throw fieldFailure(connector, fields, error) ?? error;
    }
  });
}

async function reconnected(
  deps: ConnectDeps,
  workspaceId: string,
  connector: Connector,
  channelId: string | null,
): Promise<string | null> {
  if (channelId === null) return null;
  const channel = await findChannel(deps.database, workspaceId, channelId);
  if (channel.connector === connector.id) return channelId;
  throw channelError("other_platform", "invalid", `This channel is not on ${connector.name}.`);
}

/**
 * Ends the flow. The state works once, for ten minutes, in the session that started it, for its
 * connector; whatever else comes is refused before a byte goes to the platform.
 */
export async function callback(
  deps: ConnectDeps,
  person: SignedIn,
  { connectorId, query }: { connectorId: string; query: CallbackQuery },
): Promise<CallbackResult> {
  let returnTo: string | null = null;
  try {
    const connector = connectorOf(deps.connectors, connectorId);
    const connect = oauthOf(connector);
    const state = await takeOwnState(deps, person, { connectorId, state: query.state });
    returnTo = state.returnTo;
    refuseSpentState(deps, state);
    const actor = actorFor(person, state);
    if (query.error !== undefined) throw platformError(connector.name, query.error, query.error_description);
    if (query.code === undefined || query.code === "") {
      throw channelError("no_code", "invalid", `${connector.name} sent no code back; connect again.`);
    }
    const finished = await finish(deps, { connector, connect, actor, state, code: query.code });
    return { ...finished, returnTo };
  } catch (error) {
    if (error instanceof GalleyError) return { kind: "failed", error, returnTo };
    throw error;
  }
}

async function takeOwnState(
  deps: ConnectDeps,
  person: SignedIn,
  { connectorId, state }: { connectorId: string; state: string | undefined },
): Promise<TakenState> {
  const taken =
    state === undefined || state === ""
      ? undefined
      : await takeState(deps.database.system, {
          stateHash: sha256(state),
          sessionId: person.sessionId,
          connector: connectorId,
          at: deps.clock.now(),
        });
  if (taken) return taken;
  // The same for a state that never was, another session's and another platform's.
  throw channelError(
    "foreign_state",
    "forbidden",
    "This answer does not belong to a connection that you started in this session. Start again from the channels page.",
  );
}

function refuseSpentState(deps: ConnectDeps, state: TakenState): void {
  if (state.usedBefore) {
    throw channelError(
      "state_used",
      "conflict",
      "This connection was already completed once; start a new one.",
    );
  }
  if (state.expiresAt.getTime() <= deps.clock.now().getTime()) {
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

function oauthOf(connector: Connector): OAuthConnect {
  if (connector.connect.kind === "oauth") return connector.connect;
  throw channelError(
    "not_oauth",
    "invalid",
    `${connector.name} is connected with a form, not on a page of its own.`,
  );
}

/** A path on this installation; an address that leads elsewhere is refused. */
function checkedReturn(returnTo: string): string {
  const path = ownPath(returnTo);
  if (path !== null) return path;
  throw channelError("return_to", "invalid", "returnTo is a path of this dashboard, such as /channels.", {
    problems: [{ path: "/returnTo", code: "path.foreign", message: "This leads away from Galley." }],
  });
}
