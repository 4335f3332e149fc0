import type {
  ConnectorMail,
  ConnectorMarkdown,
  ConnectorRegistry,
  ConnectorSite,
  Credentials,
} from "#connectors";
import { fingerprintOf } from "#connectors";
import type { Actor, Clock, JsonObject } from "#kit";
import { systemClock } from "#kit";
import { recordEvent } from "#platform/audit";
import type { Database } from "#platform/db";
import type { HttpClient } from "#platform/http-client";
import type { Secrets } from "#platform/secrets";
import { noOutcomeLog, type OutcomeLog } from "#platform/telemetry";
import type { SignedIn } from "#platform/wire";
import type { AppValues, AppView } from "./apps/apps.ts";
import { createApps } from "./apps/apps.ts";
import { registrationOf } from "./apps/app-identity.ts";
import { type AppFinding, lintApp } from "./apps/app-lint.ts";
import { deleteUnusedApps } from "./apps/apps.store.ts";
import type { Channel, ChannelCheck, Disconnected, OpenChannel, PendingConnection } from "./model/channel.ts";
import type { ChannelRow } from "./model/channels.store.ts";
import { listQuery, markNeedsReconnect, storeTarget } from "./model/channels.store.ts";
import { connectForm, standingValues } from "./connect/connect-form.ts";
import { examinePlatform, type PlatformReport } from "./diagnostics/doctor.ts";
import { dismissWarning } from "./tokens/expiry.store.ts";
import { contextFor } from "./model/context.ts";
import { createCustody } from "./tokens/custody.ts";
import { channelError, mustReconnect } from "./model/errors.ts";
import { keptLimits, refreshAllLimits } from "./accounts/limits.ts";
import { checkChannel, disconnect, pauseChannel } from "./accounts/manage.ts";
import type { AuthorizeOptions, CallbackQuery, CallbackResult } from "./connect/oauth.ts";
import { authorize, callback } from "./connect/oauth.ts";
import { deleteStates } from "./connect/oauth.store.ts";
import { sayConnections } from "./model/outcomes.ts";
import { dropPending, getPending, pickAccounts } from "./connect/pending.ts";
import { deleteEndedPending } from "./connect/pending.store.ts";
import type { Parts } from "./model/parts.ts";
import { askPlatform, connectorOf, findChannel, patienceMs } from "./model/parts.ts";
import { withoutCredentials } from "./model/public-channel.ts";
import { resealWorkspace } from "./tokens/reseal.ts";
import { createRefresher, hasEnded, isDue, isRenewable } from "./tokens/refresh.ts";
import { noteTargets } from "./accounts/targets.ts";
import { orAborted } from "./model/wait.ts";
import {
  renewAhead,
  type StandingWarning,
  standingWarnings,
  warnOfEndings,
  type WatchParts,
} from "./maintenance/watch.ts";

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
  /** Told of each thing that ends soon, in the transaction that wrote it: for mails. */
  onWarning?: WatchParts["onWarning"];
};

export type OpenOptions = {
  /** New credentials even where the stored ones look valid, if they can be had without a person: the platform has refused them. */
  refresh?: boolean;
  /** Reading back what was sent goes on while nothing new is sent. */
  whilePaused?: boolean;
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
  /** Starts the OAuth dance: where to send the person. */
  authorize(actor: Actor, connectorId: string, options: AuthorizeOptions): Promise<{ authorizeUrl: string }>;
  /** Ends the OAuth dance, in the session that started it. Throws only what is nobody's mistake. */
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
  /**
   * For delivery: the channel with fresh credentials; `signal` ends every call made with them. Throws
   * `channels.needs_reconnect`, `channels.paused` (try again later), or the `ConnectorFailure` of a
   * refresh that can be repeated.
   */
  open(workspaceId: string, id: string, signal: AbortSignal, options?: OpenOptions): Promise<OpenChannel>;
  /**
   * The platform has withdrawn the access: a person must connect again. `used`: only while these credentials, as
   * `open` gave them, are the stored ones. False: others are, or the channel is not connected any more.
   */
  needsReconnect(workspaceId: string, id: string, reason: string, used?: Date | null): Promise<boolean>;
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
  sweeps: { name: string; everyMs: number; run(signal: AbortSignal): Promise<void> }[];
};

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Connected accounts: connecting, custody of their tokens, and handing them out for one piece of work. */
export function createChannels(options: ChannelsOptions): Channels {
  const {
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
  } = options;
  const custody = createCustody(secrets);
  const apps = createApps({ database, secrets, settings, clock });
  const parts: Parts = {
    database,
    connectors,
    custody,
    apps,
    ways: { http, mail, site, markdown },
    clock,
    log,
    isOtherApp: async (connector, { workspaceId, id }) => {
      if (registrationOf(connector) === null) return false;
      const row = await findChannel(database, workspaceId, id);
      // Connected before apps were told apart.
      if (row.appId === null && row.appIdentity === null) return false;
      return (await apps.of(workspaceId, connector, row.appId)).identity !== row.appIdentity;
    },
  };
  const oauthParts = { ...parts, secrets, publicUrl };
  const refresher = createRefresher(parts);

  const reading = new Map<string, Promise<ChannelRow>>();
  const opening = new Map<string, Promise<Credentials>>();

  /** One read for all who open the channel at this moment: a full worker asks for the same few channels. */
  function readTogether(workspaceId: string, id: string): Promise<ChannelRow> {
    const key = `${workspaceId}/${id}`;
    const started = reading.get(key);
    if (started) return started;
    const read = findChannel(database, workspaceId, id).finally(() => reading.delete(key));
    reading.set(key, read);
    return read;
  }

  /** One decryption for all who open the same sealed bytes at this moment; afterwards nothing is kept. */
  function unsealTogether(row: ChannelRow): Promise<Credentials> {
    const key = `${row.workspaceId}/${row.id}/${row.sealed?.toString("base64")}`;
    const started = opening.get(key);
    if (started) return started;
    const opened = custody.open(row).finally(() => opening.delete(key));
    opening.set(key, opened);
    return opened;
  }

  async function open(
    workspaceId: string,
    id: string,
    signal: AbortSignal,
    { refresh = false, whilePaused = false }: OpenOptions = {},
  ): Promise<OpenChannel> {
    const row = await readTogether(workspaceId, id);
    if (row.status !== "connected") throw mustReconnect(row.statusReason);
    if (row.pausedAt !== null && !whilePaused) throw paused();
    const connector = connectorOf(connectors, row.connector);
    const canRefresh = isRenewable(connector, row);
    // What was refused before may have been the access that this one replaced; if not, it is refused once more.
    if (!canRefresh && connector.connect.kind === "oauth" && hasEnded(row, clock)) {
      const reason = `${connector.name} has ended this access, and only you can renew it: connect this channel again.`;
      await needsReconnect(workspaceId, id, reason);
      throw mustReconnect(reason);
    }
    const fresh =
      canRefresh && (refresh || isDue(row, clock))
        ? await orAborted(refresher.refresh(connector, row, { force: refresh }), signal)
        : row;
    const credentials = await unsealTogether(fresh);
    const { settings: own } = await apps.of(workspaceId, connector, fresh.appId);
    const context = {
      ...contextFor(parts.ways, own, { ...fresh, credentials }, signal),
      ...keptLimits(parts, connector, fresh),
    };
    const target = await fingerprintOf(connector, context);
    if (target.hash !== fresh.targetHash) {
      // New here, or the installation's settings lead elsewhere since the last start.
      await database.inWorkspace(workspaceId, (tx) => storeTarget(tx, fresh, fresh.targetHash, target));
    }
    return { channel: withoutCredentials(fresh), connector, context, credentialsAt: fresh.credentialsAt };
  }

  async function needsReconnect(
    workspaceId: string,
    id: string,
    reason: string,
    used: Date | null = null,
  ): Promise<boolean> {
    return database.inWorkspace(workspaceId, async (tx) => {
      const change = { reason, at: clock.now(), intentId: null, used };
      if (!(await markNeedsReconnect(tx, { workspaceId, id }, change))) return false;
      await recordEvent(tx, {
        actor: { kind: "system", workspaceId },
        action: "channel.needs_reconnect",
        target: { kind: "channel", id },
        details: { reason },
      });
      return true;
    });
  }

  const list = (workspaceId: string) => database.read(workspaceId, listQuery(workspaceId));
  const check = (actor: Actor, id: string) => checkChannel({ ...parts, open, needsReconnect }, actor, id);
  const doctorParts = { ...parts, publicUrl, open, needsReconnect, list };
  const watchParts = { ...parts, refresher, needsReconnect, onWarning: options.onWarning ?? null };

  async function renew(actor: Actor, id: string): Promise<Channel> {
    const row = await findChannel(database, actor.workspaceId, id);
    const connector = connectorOf(connectors, row.connector);
    if (row.status !== "connected") throw mustReconnect(row.statusReason);
    if (!isRenewable(connector, row)) {
      const message = `${connector.name} lets nobody renew an access without you: connect this channel again.`;
      throw channelError("not_renewable", "conflict", message);
    }
    const signal = AbortSignal.timeout(patienceMs);
    return askPlatform(
      async () => (await open(actor.workspaceId, id, signal, { refresh: true, whilePaused: true })).channel,
    );
  }

  return {
    list,
    get: async (workspaceId, id) => withoutCredentials(await findChannel(database, workspaceId, id)),
    ...sayConnections(log, {
      connectForm: (actor, connectorId, form) => connectForm(parts, actor, connectorId, form),
      callback: (person, connectorId, query) => callback(oauthParts, person, connectorId, query),
      pick: (actor, id, accountIds) => pickAccounts(oauthParts, actor, id, accountIds),
    }),
    standingValues: (workspaceId) => standingValues(parts, workspaceId),
    authorize: (actor, connectorId, wanted) => authorize(oauthParts, actor, connectorId, wanted),
    pending: (actor, id) => getPending(oauthParts, actor, id),
    dropPending: (actor, id) => dropPending(oauthParts, actor, id),
    disconnect: (actor, id) => disconnect(parts, actor, id),
    pause: (actor, id) => pauseChannel(parts, actor, id, true),
    resume: (actor, id) => pauseChannel(parts, actor, id, false),
    check,
    open,
    needsReconnect,
    lintApp: (connectorId, values) =>
      lintApp(registrationOf(connectorOf(connectors, connectorId))?.fields ?? [], values),
    app: async (workspaceId, connectorId) => apps.view(workspaceId, connectorOf(connectors, connectorId)),
    saveApp: async (actor, connectorId, given) =>
      apps.save(actor, connectorOf(connectors, connectorId), given),
    removeApp: async (actor, connectorId) => apps.remove(actor, connectorOf(connectors, connectorId)),
    renew,
    examine: (actor, connectorId, channelId = null) =>
      examinePlatform(doctorParts, actor, connectorId, channelId),
    rotateSecrets: async (actor) => {
      const { workspaceId } = actor;
      const version = await secrets.rotate(workspaceId);
      const done = await resealWorkspace(oauthParts, workspaceId);
      await database.inWorkspace(workspaceId, (tx) =>
        recordEvent(tx, { actor, action: "secrets.rotated", details: { version, ...done } }),
      );
      return { version, ...done };
    },
    warnings: (workspaceId) => standingWarnings(parts, workspaceId),
    dismissWarning: async (actor, id) => {
      const { workspaceId } = actor;
      const known = await database.inWorkspace(workspaceId, (tx) =>
        dismissWarning(tx, workspaceId, id, clock.now()),
      );
      if (!known) throw channelError("no_warning", "not_found", "There is no such warning.");
    },
    sweeps: [
      { name: "channels.renew", everyMs: 5 * minuteMs, run: (signal) => renewAhead(watchParts, signal) },
      {
        name: "channels.targets",
        everyMs: hourMs,
        run: (signal) => noteTargets(database.system, open, signal),
      },
      {
        name: "channels.limits",
        everyMs: hourMs,
        run: (signal) => refreshAllLimits({ ...parts, open }, signal),
      },
      { name: "channels.warn", everyMs: hourMs, run: () => warnOfEndings(watchParts) },
      { name: "channels.apps", everyMs: hourMs, run: () => deleteUnusedApps(database.system) },
      {
        name: "channels.states",
        everyMs: hourMs,
        run: () => deleteStates(database.system, new Date(clock.now().getTime() - dayMs)),
      },
      {
        name: "channels.pending",
        everyMs: minuteMs,
        run: () => deleteEndedPending(database.system, clock.now()),
      },
    ],
  };
}

function paused(): Error {
  return channelError("paused", "conflict", "This channel is paused; resume it to go on.", {
    retryable: true,
  });
}
