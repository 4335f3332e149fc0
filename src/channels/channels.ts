import type { ConnectorMail, ConnectorRegistry } from "#connectors";
import type { Actor, Clock, JsonObject } from "#kit";
import { systemClock } from "#kit";
import { recordEvent } from "#platform/audit";
import type { Database } from "#platform/db";
import type { HttpClient } from "#platform/http-client";
import type { Secrets } from "#platform/secrets";
import type { SignedIn } from "#platform/wire";
import type { Channel, ChannelCheck, Disconnected, OpenChannel } from "./channel.ts";
import type { ChannelRow } from "./channels.store.ts";
import { listQuery, markNeedsReconnect } from "./channels.store.ts";
import { connectForm } from "./connect-form.ts";
import { contextFor } from "./context.ts";
import { createCustody } from "./custody.ts";
import { channelError, mustReconnect } from "./errors.ts";
import { checkChannel, disconnect, pauseChannel } from "./manage.ts";
import type { AuthorizeOptions, CallbackQuery, CallbackResult } from "./oauth.ts";
import { authorize, callback } from "./oauth.ts";
import { deleteStates } from "./oauth.store.ts";
import type { Parts } from "./parts.ts";
import { connectorOf, findChannel } from "./parts.ts";
import { withoutCredentials } from "./public-channel.ts";
import { createRefresher, isDue } from "./refresh.ts";
import { orAborted } from "./wait.ts";

export type ChannelsOptions = {
  database: Database;
  connectors: ConnectorRegistry;
  secrets: Secrets;
  http: HttpClient;
  mail: ConnectorMail;
  /** Settings by connector id: base addresses, client ids, versions. */
  settings: Readonly<Record<string, JsonObject>>;
  /** Origin of this installation, without a slash at the end: the callback's address is made of it. */
  publicUrl: string;
  clock?: Clock;
};

export type OpenOptions = {
  /** New credentials even where the stored ones look valid: the platform has refused them. */
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
  /** Starts the OAuth dance: where to send the person. */
  authorize(actor: Actor, connectorId: string, options: AuthorizeOptions): Promise<{ authorizeUrl: string }>;
  /** Ends the OAuth dance, in the session that started it. Throws only what is nobody's mistake. */
  callback(person: SignedIn, connectorId: string, query: CallbackQuery): Promise<CallbackResult>;
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
  /** The platform has withdrawn the access: a person must connect again. */
  needsReconnect(workspaceId: string, id: string, reason: string): Promise<void>;
  /** Recurring work for a worker. */
  sweeps: { name: string; everyMs: number; run(signal: AbortSignal): Promise<void> }[];
};

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Connected accounts: connecting, custody of their tokens, and handing them out for one piece of work. */
export function createChannels(options: ChannelsOptions): Channels {
  const { database, connectors, secrets, http, mail, settings, publicUrl, clock = systemClock } = options;
  const custody = createCustody(secrets);
  const parts: Parts = { database, connectors, custody, ways: { http, mail, settings }, clock };
  const oauthParts = { ...parts, secrets, publicUrl };
  const refresher = createRefresher(parts);

  const reading = new Map<string, Promise<ChannelRow>>();

  /** One read for all who open the channel at this moment: a full worker asks for the same few channels. */
  function readTogether(workspaceId: string, id: string): Promise<ChannelRow> {
    const key = `${workspaceId}/${id}`;
    const started = reading.get(key);
    if (started) return started;
    const read = findChannel(database, workspaceId, id).finally(() => reading.delete(key));
    reading.set(key, read);
    return read;
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
    const canRefresh = connector.connect.refresh !== null;
    const fresh =
      canRefresh && (refresh || isDue(row, clock))
        ? await orAborted(refresher.refresh(connector, row, { force: refresh }), signal)
        : row;
    const credentials = await custody.open(fresh);
    const context = contextFor(parts.ways, connector, { credentials, accountId: fresh.accountId }, signal);
    return { channel: withoutCredentials(fresh), connector, context };
  }

  async function needsReconnect(workspaceId: string, id: string, reason: string): Promise<void> {
    await database.inWorkspace(workspaceId, async (tx) => {
      const change = { reason, at: clock.now(), intentId: null };
      if (!(await markNeedsReconnect(tx, { workspaceId, id }, change))) return;
      await recordEvent(tx, {
        actor: { kind: "system", workspaceId },
        action: "channel.needs_reconnect",
        target: { kind: "channel", id },
        details: { reason },
      });
    });
  }

  return {
    list: (workspaceId) => database.read(workspaceId, listQuery(workspaceId)),
    get: async (workspaceId, id) => withoutCredentials(await findChannel(database, workspaceId, id)),
    connectForm: (actor, connectorId, form) => connectForm(parts, actor, connectorId, form),
    authorize: (actor, connectorId, wanted) => authorize(oauthParts, actor, connectorId, wanted),
    callback: (person, connectorId, query) => callback(oauthParts, person, connectorId, query),
    disconnect: (actor, id) => disconnect(parts, actor, id),
    pause: (actor, id) => pauseChannel(parts, actor, id, true),
    resume: (actor, id) => pauseChannel(parts, actor, id, false),
    check: (actor, id) => checkChannel({ ...parts, open, needsReconnect }, actor, id),
    open,
    needsReconnect,
    sweeps: [
      {
        name: "channels.states",
        everyMs: hourMs,
        run: () => deleteStates(database.system, new Date(clock.now().getTime() - dayMs)),
      },
    ],
  };
}

function paused(): Error {
  return channelError("paused", "conflict", "This channel is paused; resume it to go on.", {
    retryable: true,
  });
}
