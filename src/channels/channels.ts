import type { ConnectorMail, ConnectorMarkdown, ConnectorRegistry, ConnectorSite } from "#connectors";
import type { Actor, Clock, JsonObject } from "#kit";
import { systemClock } from "#kit";
import type { Database } from "#platform/db";
import type { HttpClient } from "#platform/http-client";
import type { Secrets } from "#platform/secrets";
import { noOutcomeLog, type OutcomeLog } from "#platform/telemetry";
import type { SignedIn } from "#platform/wire";
import { checkChannel, disconnect, pauseChannel } from "./accounts/manage.ts";
import { createOpen } from "./accounts/open.ts";
import { renewChannel } from "./accounts/renew.ts";
import { registrationOf } from "./apps/app-identity.ts";
import { type AppFinding, lintApp } from "./apps/app-lint.ts";
import type { AppValues, AppView } from "./apps/app.ts";
import { createApps } from "./apps/apps.ts";
import { connectForm, standingValues } from "./connect/connect-form.ts";
import type { AuthorizeOptions, CallbackQuery, CallbackResult } from "./connect/oauth.ts";
import { authorize, callback } from "./connect/oauth.ts";
import { sayConnections } from "./connect/outcomes.ts";
import { dropPending, getPending, pickAccounts } from "./connect/pending.ts";
import type { ConnectDeps, NeedsReconnect, Open } from "./deps.ts";
import { examinePlatform, type PlatformReport } from "./diagnostics/doctor.ts";
import { channelSweeps, type Sweep } from "./maintenance/sweeps.ts";
import { dismissWarning, type StandingWarning, standingWarnings } from "./maintenance/watch.ts";
import type { Channel, ChannelCheck, Disconnected, PendingConnection } from "./model/channel.ts";
import { listQuery } from "./model/channels.store.ts";
import { connectorOf, findChannel } from "./model/find.ts";
import { withoutCredentials } from "./model/public-channel.ts";
import { createCustody } from "./tokens/custody.ts";
import { createRefresher } from "./tokens/refresh.ts";
import { requireReconnect } from "./tokens/require-reconnect.ts";
import { rotateSecrets } from "./tokens/reseal.ts";

export type ChannelsOptions = {
  database: Database;
  connectors: ConnectorRegistry;
  secrets: Secrets;
  http: HttpClient;
  mail: ConnectorMail;
  /** Galley's own pages of a workspace, for the connector that publishes there. */
  site?: (workspaceId: string) => ConnectorSite;
  /** For connectors whose posts are Markdown. */
  markdown?: ConnectorMarkdown;
  /** Settings by connector id: base addresses, client ids, versions. */
  settings: Readonly<Record<string, JsonObject>>;
  /** Origin of this installation, without a slash at the end: the callback's address is made of it. */
  publicUrl: string;
  clock?: Clock;
  /** Where outcomes of connections and renewals are said; default: nowhere. */
  log?: OutcomeLog;
};

export type Channels = {
  /** All channels of the workspace, disconnected ones included, oldest first. */
  list(workspaceId: string): Promise<Channel[]>;
  /** Throws `channels.not_found`. */
  get(workspaceId: string, id: string): Promise<Channel>;
  /** Connects by the connector's form; the platform is asked before anything is stored. */
  connectForm(actor: Actor, connectorId: string, form: Record<string, string>): Promise<Channel>;
  /** What the forms of connectors find already made in a workspace, by connector and field. */
  standingValues(workspaceId: string): Promise<Record<string, Record<string, string>>>;
  /** Starts the OAuth flow: where to send the person. */
  authorize(actor: Actor, connectorId: string, options: AuthorizeOptions): Promise<{ authorizeUrl: string }>;
  /** Ends the OAuth flow, in the session that started it. Throws only what is nobody's mistake. */
  callback(person: SignedIn, connectorId: string, query: CallbackQuery): Promise<CallbackResult>;
  /** A consent that opened several accounts; throws `channels.no_pending`. */
  pending(actor: Actor, id: string): Promise<PendingConnection>;
  /** Connects the picked accounts of a consent, each as a channel of its own. */
  pick(actor: Actor, id: string, accountIds: readonly string[]): Promise<Channel[]>;
  /** Forgets the accounts of a consent. */
  dropPending(actor: Actor, id: string): Promise<void>;
  disconnect(actor: Actor, id: string): Promise<Disconnected>;
  pause(actor: Actor, id: string): Promise<Channel>;
  resume(actor: Actor, id: string): Promise<Channel>;
  /** Asks the platform, and says what is wrong and how to mend it. */
  check(actor: Actor, id: string): Promise<ChannelCheck>;
  /** For delivery: the channel with fresh credentials. */
  open: Open;
  needsReconnect: NeedsReconnect;
  /** What looks wrong about the values of an app, as they were pasted; stores nothing. */
  lintApp(connectorId: string, values: Record<string, string>): AppFinding[];
  /** The app that new connections of the workspace use; null where the platform needs none. */
  app(workspaceId: string, connectorId: string): Promise<AppView | null>;
  saveApp(actor: Actor, connectorId: string, given: AppValues): Promise<AppView>;
  removeApp(actor: Actor, connectorId: string): Promise<void>;
  /** New tokens now, for a person who asks. Throws `channels.not_renewable` where only a consent gives them. */
  renew(actor: Actor, id: string): Promise<Channel>;
  /** Looks at everything about a platform, or about one channel there. */
  examine(actor: Actor, connectorId: string, channelId?: string | null): Promise<PlatformReport>;
  /** Starts a new data key for the workspace and seals everything of its channels under it, while work goes on. */
  rotateSecrets(actor: Actor): Promise<{ version: number; resealed: number; unreadable: number }>;
  /** What ends soon and needs a person. */
  warnings(workspaceId: string): Promise<StandingWarning[]>;
  dismissWarning(actor: Actor, id: string): Promise<void>;
  /** Recurring work for a worker. */
  sweeps: Sweep[];
};

/** Connected accounts: connecting, custody of their tokens, and handing them out for one piece of work. */
export function createChannels(options: ChannelsOptions): Channels {
  const deps = depsOf(options);
  const { database, connectors, apps, log } = deps;
  const refresher = createRefresher(deps);
  const list = (workspaceId: string) => database.read(workspaceId, listQuery(workspaceId));
  const needsReconnect: NeedsReconnect = (workspaceId, id, reason, used = null) =>
    requireReconnect(deps, { workspaceId, id }, { reason, used });
  const open = createOpen({ ...deps, refresher, needsReconnect });
  const opening = { ...deps, refresher, open, needsReconnect, list };

  return {
    list,
    get: async (workspaceId, id) => withoutCredentials(await findChannel(database, workspaceId, id)),
    ...sayConnections(log, {
      connectForm: (actor, connectorId, form) => connectForm(deps, actor, { connectorId, form }),
      callback: (person, connectorId, query) => callback(deps, person, { connectorId, query }),
      pick: (actor, id, accountIds) => pickAccounts(deps, actor, { id, accountIds }),
    }),
    standingValues: (workspaceId) => standingValues(deps, workspaceId),
    authorize: (actor, connectorId, wanted) => authorize(deps, actor, { ...wanted, connectorId }),
    pending: (actor, id) => getPending(deps, actor, id),
    dropPending: (actor, id) => dropPending(deps, actor, id),
    disconnect: (actor, id) => disconnect(deps, actor, id),
    pause: (actor, id) => pauseChannel(deps, actor, { id, paused: true }),
    resume: (actor, id) => pauseChannel(deps, actor, { id, paused: false }),
    check: (actor, id) => checkChannel(opening, actor, id),
    open,
    needsReconnect,
    lintApp: (connectorId, values) =>
      lintApp(registrationOf(connectorOf(connectors, connectorId))?.fields ?? [], values),
    app: async (workspaceId, connectorId) => apps.view(workspaceId, connectorOf(connectors, connectorId)),
    saveApp: async (actor, connectorId, given) =>
      apps.save(actor, connectorOf(connectors, connectorId), given),
    removeApp: async (actor, connectorId) => apps.remove(actor, connectorOf(connectors, connectorId)),
    renew: (actor, id) => renewChannel(opening, actor, id),
    examine: (actor, connectorId, channelId = null) =>
      examinePlatform(opening, actor, { connectorId, channelId }),
    rotateSecrets: (actor) => rotateSecrets(deps, actor),
    warnings: (workspaceId) => standingWarnings(deps, workspaceId),
    dismissWarning: (actor, id) => dismissWarning(deps, actor, id),
    sweeps: channelSweeps(opening),
  };
}

function depsOf({
  database,
  connectors,
  secrets,
  http,
  mail,
  site,
  markdown,
  settings,
  publicUrl,
  clock = systemClock,
  log = noOutcomeLog,
}: ChannelsOptions): ConnectDeps {
  return {
    database,
    connectors,
    custody: createCustody(secrets),
    apps: createApps({ database, secrets, settings, clock }),
    transports: { http, mail, site, markdown },
    clock,
    log,
    secrets,
    publicUrl,
  };
}
