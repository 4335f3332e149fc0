import type { Plan, RecipientAnswer } from "#connectors";
import type { JsonObject } from "#kit";
import type { Doubt } from "./doubt.ts";
import type { Binding, FrozenContent } from "./frozen-content.ts";
import type { AttemptState } from "./state.ts";

/** A delivery that this process owns until its lease ends, as long as nobody moved the fence. */
export type Claimed = {
  workspaceId: string;
  id: string;
  postId: string;
  channelId: string;
  connector: string;
  content: FrozenContent;
  contentHash: string;
  binding: Binding;
  bindingHash: string;
  /** Where the approval said that it goes; null where it bound no fingerprint. */
  targetHash: string | null;
  dueAt: Date;
  fence: number;
  plan: Plan | null;
  itemHashes: string[] | null;
  tries: number;
  /** Of the last try, where it failed. */
  errorCode: string | null;
  /** Milliseconds until it counts as late, at the moment of the claim. */
  lateInMs: number;
  /** How long this channel's posts were seen to stay invisible; 0 where nothing was learned. */
  learnedMs: number;
  /** When this claim was made, by the database's clock. */
  claimedAt: Date;
  /** How many processes have begun to look for what became of it, this one included. */
  watchers: number;
  /** By item, then number. */
  attempts: AttemptRecord[];
};

export type AttemptRecord = {
  id: string;
  item: number;
  number: number;
  state: AttemptState;
  externalId: string | null;
  externalUrl: string | null;
  externalData: JsonObject | null;
  /** t_send by the clock of today, as ISO text: the earliest that it may be. */
  intentAt: string;
  /** By how much the clock was set forward since: so much more seems to have passed. */
  setForwardMs: number;
  /** After a lost history, or where a clock was set, `intentAt` may be far from t_send: nothing is learned from it. */
  isTimeUnsure?: boolean;
  /** It may have been repeated in a time that the database has lost, under a key that nobody knows. */
  afterLoss?: boolean;
  windowMs: number;
  /** Its length without the time that had passed when it began anew; null where it never did. */
  firstWindowMs?: number | null;
  looks: number;
  /** When the last listing was asked for that did not hold it, as ISO text. */
  lookedAt: string | null;
  errorCode: string | null;
  /** What the last look that proved nothing has shown. */
  doubt: Doubt | null;
  refused: RecipientAnswer[];
  deferred: RecipientAnswer[];
};
