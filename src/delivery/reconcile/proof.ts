import type { ListedPost, Located, LocatedInList, Published } from "#connectors";
import { coverageOf, type Doubt, type DoubtReason, seenPosts } from "../model/doubt.ts";
import { lookAfterMs, lookAgainAfterMs } from "../model/verdicts.ts";

/** One reading of the platform, and everything else that decides what it proves. */
export type LookFacts = {
  located: Located | "unsupported";
  /** t_send. */
  sentAt: Date;
  /** When the listing was asked for, by the database's clock. */
  lookedAt: Date;
  /** By how much that clock was set forward in between: so much more seems to have passed. */
  setForwardMs: number;
  windowMs: number;
  /** The platform's own window; the time since a backup, which comes before it, is not in it. */
  settlingMs: number;
  /** How long this process itself has known of the attempt, by a clock that nobody can set. */
  knownForMs: number;
  /** How far the platform's clock and ours may differ. */
  skewMs: number;
  /** How far the platform's clock is ahead of the database's, as its answers said; null where they said nothing. */
  clockAheadMs: number | null;
  /** For how long the oldest of its answers had lain in a cache; 0 where none did. */
  cachedForMs: number;
  /** Ids that other attempts of this account own. */
  taken: ReadonlySet<string>;
  /** Ids of posts of this account that Galley has seen confirmed within the time that the list covers. */
  witnesses: readonly string[];
  /** The platform refused this as a duplicate, and an earlier attempt may have been out all the while. */
  isTwinOfLost: boolean;
  /** It may have been sent in a time that the database has lost: under which key, nobody knows. */
  afterLoss: boolean;
  /** Parts follow that would answer to this one. */
  hasReplies: boolean;
  /** Looks so far, this one included. */
  looks: number;
  /** How many processes have begun to look for it. */
  watchers: number;
  /** After this long without a proof a person is asked. */
  giveUpAfterMs: number;
};

/** What decides which posts of a reading may be the item. */
export type MatchFacts = Pick<LookFacts, "sentAt" | "setForwardMs" | "skewMs" | "clockAheadMs" | "taken">;

export type LookResult =
  /** `createdAt`: never before t_send where it stands under a key. */
  | { kind: "found"; published: Published; createdAt: Date }
  | { kind: "absent"; coversFrom: Date }
  /** `blind`: the platform cannot be read at all, and the wait is for the window's end. */
  | { kind: "again"; waitMs: number; why: string; blind?: true; noAccess?: true; doubt?: Doubt }
  /**
   * `why`: with the addresses of `doubt`, for those who read words alone. `noAccess`: it was not read, because the channel
   * has to be connected again.
   */
  | { kind: "ask"; why: string; noAccess?: true; doubt: Doubt };

/** Ids and times of a platform may come from other machines than the clock that its answers show. */
const measuredToleranceMs = 20_000;

/**
 * The earliest that something sent at `sentAt` may be dated by the platform's clock: from then on a list must be complete
 * to prove that it is not in it.
 */
export function mustCoverFrom(sentAt: Date, skewMs: number): Date {
  return new Date(sentAt.getTime() - skewMs);
}

/**
 * What one reading of the platform proves (invariants 3, 5, 7 and 10; docs/architecture.md, "What counts as proof").
 * What stands under a key of our own is ours; a list proves absence only where it shows what it must, by a clock that
 * agrees, after the window. Anything less is not known: look again, then ask a person, with addresses.
 */
export function judgeLook(facts: LookFacts): LookResult {
  const untilWindow = untilWindowMs(facts);
  if (facts.located === "unsupported") {
    if (untilWindow > 0)
      return { kind: "again", waitMs: untilWindow, why: "the platform cannot be read", blind: true };
    return ask(facts, "unsupported", "This platform does not let Galley read back what was published", []);
  }
  // The oldest that is young enough: what came later may belong to an attempt that comes later.
  const found = candidatesIn(facts.located, facts)[0];
  if (found) {
    const doubt = facts.hasReplies && facts.located.by === "list" ? oneOfSeveral(facts.located, facts) : null;
    if (doubt !== null) return doubt;
    const { externalId, url, data, refused, deferred } = found;
    const rest = { ...(refused ? { refused } : {}), ...(deferred ? { deferred } : {}) };
    const createdAt = matchedAt(found, facts);
    return { kind: "found", published: { externalId, url, data, ...rest }, createdAt };
  }
  if (untilWindow > 0) {
    if (isUnwatched(facts)) return ask(facts, "unwatched", unwatched, doubtsIn(facts.located, facts));
    return { kind: "again", waitMs: Math.min(untilWindow, lookAfterMs(facts.looks)), why: "not visible yet" };
  }
  if (facts.located.by === "key") {
    return facts.afterLoss
      ? ask(facts, "other_key", otherKey, [])
      : { kind: "absent", coversFrom: new Date(0) };
  }
  return absentFrom(facts.located, facts);
}

const unwatched =
  "Galley was started anew so often that it could not watch the platform for as long as a post may take to appear there";

/** So many processes came and went that the next one is not likely to stay for longer. */
const manyWatchers = 12;

/** The time until a person is asked is over by the database's clock, and no process has known of the attempt for that long. */
function isUnwatched(facts: LookFacts): boolean {
  return facts.watchers >= manyWatchers && sinceSendMs(facts) > facts.windowMs + facts.giveUpAfterMs;
}

const otherKey =
  "Nothing is out under the key that Galley knows for this post, and what was sent in the time that its database has lost may be out under another one";

/** What stands under a key of our own is ours however old it is; the database takes no match from before t_send. */
function matchedAt({ createdAt }: { createdAt: Date }, { located, sentAt }: LookFacts): Date {
  const isKeyed = located !== "unsupported" && located.by === "key";
  return isKeyed && !(createdAt >= sentAt) ? sentAt : createdAt;
}

/** By both clocks: the database's may have been set, and this process may have come later. */
function untilWindowMs(facts: LookFacts): number {
  const { windowMs, settlingMs, knownForMs, located } = facts;
  const byDatabase = windowMs - sinceSendMs(facts);
  // A person is asked whatever the clocks say, and can tell.
  return located === "unsupported" ? byDatabase : Math.max(byDatabase, settlingMs - knownForMs);
}

/** By the database's clock, without the steps by which it was set. */
export function sinceSendMs({
  lookedAt,
  sentAt,
  setForwardMs,
}: Pick<LookFacts, "lookedAt" | "sentAt" | "setForwardMs">): number {
  return lookedAt.getTime() - sentAt.getTime() - setForwardMs;
}

/** Every id that a reading names: whether another attempt owns one of them is asked of each. */
export function idsIn(located: Located): string[] {
  if (located.by === "key") return located.posts.map(({ externalId }) => externalId);
  return located.posts.flatMap(({ externalId, aliases = [] }) => [externalId, ...aliases]);
}

/** What is ours, or equals the item, is owned by nobody and no older than t_send; the oldest first. */
export function candidatesIn(located: Located, facts: MatchFacts): (Published & { createdAt: Date })[] {
  if (located.by === "key") return located.posts.filter(({ externalId }) => !facts.taken.has(externalId));
  if (isClockOff(facts)) return [];
  return unowned(located, facts)
    .filter(
      (post) => post.likeness === "same" && !isKnownOtherwise(post, facts) && isYoungEnough(post, facts),
    )
    .toSorted((left, right) => left.createdAt.getTime() - right.createdAt.getTime());
}

/** Whether a reading shows something equal that nobody owns, whatever that proves. */
export function showsEqual(located: Located, { taken }: Pick<MatchFacts, "taken">): boolean {
  if (located.by === "key") return located.posts.length > 0;
  return unowned(located, { taken }).some(({ likeness }) => likeness === "same");
}

function unowned({ posts }: LocatedInList, { taken }: Pick<MatchFacts, "taken">): ListedPost[] {
  return posts.filter(({ externalId, isForeign }) => !taken.has(externalId) && isForeign !== true);
}

/**
 * Another attempt owns what it shows, such as a video: it is that attempt's own post, or one that shares it. Nobody but a
 * person can tell, so it stays a doubt.
 */
function isKnownOtherwise({ aliases = [] }: ListedPost, { taken }: MatchFacts): boolean {
  return aliases.some((id) => taken.has(id));
}

/** Not from before t_send: by the measured difference of the clocks where there is one, else within the skew. */
function isYoungEnough(
  { createdAt }: ListedPost,
  { sentAt, skewMs, clockAheadMs, setForwardMs }: MatchFacts,
): boolean {
  if (clockAheadMs === null) return createdAt >= mustCoverFrom(sentAt, skewMs);
  // The difference is to the clock as it is now, and t_send is by the clock as it was then.
  const sent = sentAt.getTime() + setForwardMs;
  return createdAt.getTime() - clockAheadMs >= sent - Math.min(skewMs, measuredToleranceMs);
}

/** Beyond the skew no time of that platform proves anything. */
export function isClockOff({ clockAheadMs, skewMs }: Pick<LookFacts, "clockAheadMs" | "skewMs">): boolean {
  return clockAheadMs !== null && Math.abs(clockAheadMs) > skewMs;
}

/**
 * A thread goes on below this one, so that it matters which post is ours, and an equal one that somebody else wrote may
 * show first. Null: the list is whole, the window is over, and nothing else may be it.
 */
function oneOfSeveral(located: LocatedInList, facts: LookFacts): LookResult | null {
  const doubtful = doubts(located, facts);
  if (doubtful.length > 1) {
    return askOnceOver(facts, "several_equal", "Several posts may be this one", doubtful);
  }
  const untilWindow = untilWindowMs(facts);
  if (untilWindow > 0) {
    if (isUnwatched(facts)) return ask(facts, "unwatched", unwatched, doubtful);
    const why = "an equal post is there, and the next part waits until no other can appear";
    return { kind: "again", waitMs: Math.min(untilWindow, lookAfterMs(facts.looks)), why };
  }
  const whole = wholeFrom(located, facts);
  return whole instanceof Date ? null : askOnceOver(facts, whole.reason, whole.why, doubtful);
}

/** The window is over and nothing was found: whether that is a proof, and what it lacks where it is none. */
function absentFrom(located: LocatedInList, facts: LookFacts): LookResult {
  const doubtful = doubts(located, facts);
  const whole = wholeFrom(located, facts);
  // What may be the post is told before what a list lacks that was read far enough.
  if (doubtful.length > 0 && (whole instanceof Date || whole.reason === "witnesses")) {
    const why = "The platform shows what may be this post, or one that somebody else wrote";
    return askOnceOver(facts, "resembles", why, doubtful);
  }
  if (!(whole instanceof Date)) return askOnceOver(facts, whole.reason, whole.why, doubtful);
  if (facts.isTwinOfLost || located.isOut === true) {
    const why = "The platform says that it has this post already, and its list does not show it";
    return askOnceOver(facts, "twin", why, []);
  }
  return { kind: "absent", coversFrom: whole };
}

/** From when on a list shows all that it must, by a clock that agrees; else what it lacks. */
function wholeFrom(
  located: LocatedInList,
  facts: LookFacts,
): Date | { reason: "clock" | "cached" | "reach" | "witnesses"; why: string } {
  const { coversFrom } = located;
  if (isClockOff(facts)) return { reason: "clock", why: clockWords(facts) };
  if (facts.cachedForMs > 0) return { reason: "cached", why: cacheWords(facts) };
  if (coversFrom === null || coversFrom > mustCoverFrom(facts.sentAt, facts.skewMs)) {
    return { reason: "reach", why: "The platform's list does not reach back to the moment of sending" };
  }
  const listed = new Set(idsIn(located));
  const missing = facts.witnesses.filter((id) => !listed.has(id));
  if (missing.length === 0) return coversFrom;
  const why = `The platform's list lacks ${missing.length} of the posts that Galley has seen published, so it may lack this one too`;
  return { reason: "witnesses", why };
}

function doubtsIn(located: Located, facts: MatchFacts): ListedPost[] {
  return located.by === "list" ? doubts(located, facts) : [];
}

/**
 * What nobody owns and may be the item: an equal post, which may be older than t_send allows under a wrong clock, and
 * what resembles it since then.
 */
function doubts(located: LocatedInList, facts: MatchFacts): ListedPost[] {
  const from = mustCoverFrom(facts.sentAt, facts.skewMs);
  return unowned(located, facts).filter(
    ({ likeness, createdAt }) => likeness === "same" || (likeness === "similar" && createdAt >= from),
  );
}

/** Another look while there is time: lists mend, and other attempts take what is theirs. Then a person, with the addresses. */
function askOnceOver(
  facts: LookFacts,
  reason: DoubtReason,
  why: string,
  posts: readonly (Published & { createdAt: Date })[],
): LookResult {
  const question = ask(facts, reason, why, posts);
  const untilAskedMs = facts.windowMs + facts.giveUpAfterMs - sinceSendMs(facts);
  if (untilAskedMs < 0) return question;
  return {
    kind: "again",
    waitMs: lookAgainAfterMs(facts.looks, untilAskedMs),
    why: `absence is not proven yet: ${lowered(why)}`,
    doubt: question.doubt,
  };
}

function ask(
  { located, sentAt }: LookFacts,
  reason: DoubtReason,
  why: string,
  posts: readonly (Published & { createdAt: Date })[],
): Extract<LookResult, { kind: "ask" }> {
  const seen = seenPosts(posts, sentAt);
  const doubt = { reason, message: `${why}.`, coversFrom: coverageOf(located), seen };
  return { kind: "ask", why: `${why}${addressesOf(doubt)}.`, doubt };
}

const mostAddresses = 3;

function addressesOf({ seen }: Doubt): string {
  const urls = seen.flatMap(({ url }) => url ?? []).slice(0, mostAddresses);
  return urls.length === 0 ? "" : `: ${urls.join(" , ")}`;
}

function lowered(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function cacheWords({ cachedForMs }: LookFacts): string {
  return `The platform's answers come out of a cache, as they were ${Math.round(cachedForMs / 1000)} seconds before, so they prove nothing`;
}

function clockWords({ clockAheadMs }: LookFacts): string {
  const seconds = Math.round(Math.abs(clockAheadMs ?? 0) / 1000);
  const side = (clockAheadMs ?? 0) > 0 ? "ahead of" : "behind";
  return `The platform's clock is ${seconds} seconds ${side} Galley's, so its times prove nothing`;
}
