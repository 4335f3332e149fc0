import type { Actor } from "#kit";
import { type OutcomeLog, withOutcome } from "#platform/telemetry";
import type { SignedIn } from "#platform/wire";
import type { Channel } from "../model/channel.ts";
import type { CallbackQuery, CallbackResult } from "./oauth.ts";

type Verbs = {
  connectForm: (actor: Actor, connectorId: string, form: Record<string, string>) => Promise<Channel>;
  callback: (person: SignedIn, connectorId: string, query: CallbackQuery) => Promise<CallbackResult>;
  pick: (actor: Actor, id: string, accountIds: readonly string[]) => Promise<Channel[]>;
};

/** The verbs that connect, each of which says in one line of the log what came of it. */
export function sayConnections(log: OutcomeLog, verbs: Verbs): Verbs {
  const { connectForm, callback, pick } = verbs;
  const kind = "connection";
  return {
    connectForm: (actor, connector, form) =>
      withOutcome(log, { kind, about: { ...whose(actor), connector }, of: connected }, () =>
        connectForm(actor, connector, form),
      ),
    callback: (person, connector, query) =>
      withOutcome(log, { kind, about: { userId: person.userId, connector }, of: cameBack }, () =>
        callback(person, connector, query),
      ),
    pick: (actor, id, accountIds) =>
      withOutcome(log, { kind, about: whose(actor), of: picked }, () => pick(actor, id, accountIds)),
  };
}

function whose({ workspaceId, userId }: Actor) {
  return { workspaceId, userId };
}

function connected({ id, workspaceId, connector }: Channel) {
  return { outcome: "connected", workspaceId, connector, channelId: id };
}

function picked(channels: Channel[]) {
  return { outcome: "connected", channelIds: channels.map(({ id }) => id).join(" ") };
}

function cameBack(result: CallbackResult) {
  if (result.kind === "connected") return connected(result.channel);
  if (result.kind === "failed") return { outcome: "failed", code: result.error.code };
  return { outcome: "accounts_to_choose" };
}
