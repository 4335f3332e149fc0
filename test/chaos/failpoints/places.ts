import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Await, instrument } from "./instrument.ts";

/** What runs between a due delivery and the desk that hears of its outcome. */
const path = [
  "src/delivery/**/*.ts",
  "src/connectors/**/*.ts",
  "src/channels/**/*.ts",
  "src/desk/posts/settle.ts",
  "src/desk/posts/settle.store.ts",
  "src/platform/audit/**/*.ts",
  "src/platform/db/*.ts",
  "src/platform/events/**/*.ts",
  "src/platform/files/**/*.ts",
  "src/platform/http-client/**/*.ts",
  "src/platform/jobs/**/*.ts",
  "src/platform/mail/**/*.ts",
  "src/platform/secrets/**/*.ts",
  "src/site/pages.ts",
  "src/site/site.store.ts",
];

type Exclusion = { file: RegExp; within?: RegExp; what?: RegExp; reason: string };

/** Awaits that publishing cannot reach, or not in this run; each for a reason that is printed. */
const exclusions: readonly Exclusion[] = [
  { file: /\.routes\.ts$/, reason: "routes: a person's requests, not the worker" },
  {
    file: /^src\/channels\/(accounts\/(manage|renew|store-account)|connect\/(connect-form|oauth|oauth-finish|oauth\.store|pending|pending\.store))\.ts$/,
    reason: "connecting and managing channels: a person waits",
  },
  {
    file: /^src\/channels\/model\/channels\.store\.ts$/,
    within: /^(upsertChannel|markDisconnected|setPaused|storeChecked)$/,
    reason: "connecting and managing channels: a person waits",
  },
  {
    file: /^src\/channels\/model\/ask-platform\.ts$/,
    within: /^askPlatform/,
    reason: "connecting and managing channels: a person waits",
  },
  {
    file: /^src\/channels\/channels\.ts$/,
    within: /get$/,
    reason: "connecting and managing channels: a person waits",
  },
  {
    file: /^src\/channels\/(apps\/(apps\.store|save-app)|diagnostics\/doctor|api\/guide)\.ts$/,
    reason: "setting up and examining a platform: a person waits",
  },
  {
    file: /^src\/channels\/(apps\/app-reader|maintenance\/watch|tokens\/expiry\.store)\.ts$/,
    within: /(view|dismissWarning)$/,
    reason: "setting up and examining a platform: a person waits",
  },
  {
    file: /^src\/delivery\/quarantine\/quarantine(\.store)?\.ts$/,
    within: /(view|enter|release|quarantineProgress|leaveQuarantine|forgetLater)$/,
    reason: "what a person reads and decides about a quarantine",
  },
  {
    file: /^src\/delivery\/quarantine\/epochs\.ts$/,
    what: /\.\.\.alarm/,
    reason: "a database that lost history, or a copy: see lost-history.test.ts and test/chaos/database",
  },
  {
    file: /^src\/delivery\/(claim\/claim-due|quarantine\/sweeps|reconcile\/later-looks)\.ts$/,
    what: /^(epochs|quarantine)\.advanceEpoch/,
    reason: "a worker compares database and folder before it starts; this is for those that did not",
  },
  {
    file: /^src\/channels\/tokens\/reseal(\.store)?\.ts$/,
    reason: "changing keys: an operator's command",
  },
  {
    file: /^src\/site\/pages\.ts$/,
    within: /(open|address)$/,
    reason: "connecting the pages, and their health check: a person waits",
  },
  {
    file: /^src\/site\/site\.store\.ts$/,
    within: /^(openSite|saveSite|siteBySlug|listEntries|entryBySlug)$/,
    reason: "what people set up and read",
  },
  {
    file: /^src\/channels\/apps\/app-reader\.ts$/,
    within: /current(Row)?$/,
    reason: "the app that a new connection uses: a person waits",
  },
  {
    file: /^src\/channels\/accounts\/open\.ts$/,
    within: /open$/,
    what: /^needsReconnect/,
    reason: "an access that has ended and that only a person renews, after weeks: see watch.test.ts",
  },
  {
    file: /^src\/channels\/maintenance\/watch\.ts$/,
    within: /^standingWarnings$/,
    reason: "what a person reads about warnings",
  },
  {
    file: /^src\/channels\/maintenance\/watch\.ts$/,
    within: /^renew$/,
    what: /needsReconnect/,
    reason: "an access that ended while nothing was due: see watch.test.ts",
  },
  {
    file: /^src\/channels\/tokens\/(refresh|exchange)\.ts$/,
    within: /(withoutItsApp|currentRow)$/,
    reason:
      "an app that was replaced, or a renewal that a new connection overtook: see apps.test.ts and refresh.test.ts",
  },
  {
    file: /^src\/delivery\/claim\/claim-quota\.ts$/,
    within: /^refuseTooLong$/,
    reason: "a limit that shrank after the approval: see quota.test.ts",
  },
  {
    file: /^src\/delivery\/(send\/(group-commit|outcome)|reconcile\/reconcile)\.ts$/,
    within: /(flushTogether|^confirm|^writeLook)$/,
    what: /^(flushTogether\(\[caller|deps\.settle\(\{\s+\.\.\.identify\(claimed\),\s+attempt: (\{ id: attemptId|null))/,
    reason: "an id that belongs to another attempt: see invariants.test.ts and publish.test.ts",
  },
  {
    file: /^src\/platform\/jobs\/dead-workers\.ts$/,
    within: /^freeOrphanedJobs$/,
    what: /^unlock/,
    reason: "jobs of a worker that died before it had told its queue: see dead-workers.test.ts",
  },
  { file: /^src\/delivery\/decisions\//, reason: "what a person decides about a delivery" },
  { file: /^src\/delivery\/views\/deliveries\.read\.ts$/, reason: "what a person reads about deliveries" },
  {
    file: /^src\/delivery\/order\/order\.ts$/,
    reason: "ordering: in the desk's transaction, before anything is due",
  },
  {
    file: /^src\/delivery\/order\/deliveries\.store\.ts$/,
    within: /^(insertDeliveries|lockChangeable|cancelDeliveries|rescheduleDeliveries)$/,
    reason: "ordering: in the desk's transaction, before anything is due",
  },
  {
    file: /^src\/desk\/posts\/settle\.store\.ts$/,
    within: /^channelsOfDeliveries$/,
    reason: "what a person hears when it was too late to hold a post back",
  },
  {
    file: /^src\/connectors\/bluesky\//,
    reason: "needs a personal data server, and is no target; its connector passes the contract suite",
  },
  {
    file: /^src\/connectors\/(email\/connect|meta-graph\/(login|pages)|linkedin\/accounts)\.ts$/,
    reason: "connecting: a person waits",
  },
  {
    file: /^src\/connectors\/mastodon\/oauth\.ts$/,
    reason: "connecting and disconnecting: a person waits, and an access does not age",
  },
  {
    file: /^src\/connectors\/(site|telegram)\/index\.ts$/,
    within: /(open|accountOf)$/,
    reason: "the connect form: a person waits",
  },
  {
    file: /^src\/connectors\/(meta-graph|instagram)\/inspect\.ts$/,
    reason: "the connection doctor: a person waits",
  },
  {
    file: /^src\/connectors\/[^/]+\/index\.ts$/,
    within: /(probe|inspect)$/,
    reason: "the health check of a channel: a person waits",
  },
  {
    file: /^src\/connectors\/[^/]+\/oauth\.ts$/,
    within: /(revoke|exchange)$/,
    reason: "connecting and disconnecting: a person waits",
  },
  {
    file: /^src\/platform\/db\/(migrate|schema-types|compile-only)\.ts$/,
    reason: "migrations run before a worker takes anything",
  },
  {
    file: /^src\/platform\/files\/index\.ts$/,
    within: /(put|stage|openStored|writeAsItComes|moveTo|dropForgotten|remove|writeWhole|syncFolder)$/,
    reason: "uploads: a person's request",
  },
  {
    file: /^src\/platform\/http-client\/client\.ts$/,
    within: /fetchDocument/,
    reason: "reading material for drafts",
  },
  {
    file: /^src\/platform\/http-client\/exchange\.ts$/,
    within: /^decode$/,
    reason: "platforms are asked for no compression",
  },
  {
    file: /^src\/platform\/secrets\//,
    within: /(rotate|adopt|lockKeysWrappedBy|replaceWrapping|isCurrent)$/,
    reason: "changing keys: an operator's command",
  },
  {
    file: /^src\/platform\/(db\/database\.ts)$/,
    within: /readPrepared$/,
    reason: "signing in: every request's session",
  },
  {
    file: /^src\/platform\/http-client\/target\.ts$/,
    within: /(resolveHost|addressesOf)$/,
    reason: "names: the platforms of this run are reached by address",
  },
  {
    file: /^src\/platform\/mail\/transport\.ts$/,
    within: /signIn$/,
    reason: "mail servers with a password: the catcher of this run has none",
  },
  {
    file: /^src\/platform\/secrets\//,
    within: /(startKey|insertKey)$/,
    reason: "the first data key of a workspace, made when its first channel was connected",
  },
  {
    file: /^src\/platform\/events\/(dispatch|events\.store)\.ts$/,
    within: /^(afterFailure|retryFailure|comeAgain|holdCursor|putAside|(lock|delete|postpone)Failure)$/,
    reason: "an event that could not be handled: see events.test.ts and events-killed.test.ts",
  },
  {
    file: /^src\/platform\/events\/dispatch\.ts$/,
    within: /^(handleBatch|advance)$/,
    what: /^(afterFailure|retryFailure)/,
    reason: "an event that could not be handled: see events.test.ts and events-killed.test.ts",
  },
  {
    file: /^src\/delivery\/model\/settled\.ts$/,
    within: /desk\.delivery_settled|^formerTasks/,
    reason: "a job of before an upgrade",
  },
  {
    file: /^src\/platform\/events\/dispatch\.ts$/,
    within: /^dispatchWorkspace$/,
    what: /^jobs\.enqueue/,
    reason: "a worker that is told to stop in the middle of many events: see events.test.ts",
  },
  {
    file: /^src\/platform\/events\/events\.store\.ts$/,
    within: /^registerSubscriber$/,
    what: /update event_heads|pg_advisory/,
    reason: "a subscriber that is new, before anything is handed to it",
  },
  {
    file: /^src\/platform\/audit\/audit\.store\.ts$|^src\/platform\/audit\/subscriber\.ts$/,
    what: /nstallation/,
    reason: "what people do to the installation: see events-killed.test.ts",
  },
  {
    file: /^src\/desk\/posts\/settle\.ts$/,
    within: /^settlePosts$|settlePosts\.|handle$/,
    what: /^(deps\.database|lockPost|settleStatus\(db, workspaceId, postId, deps|jobs\.enqueue)/,
    reason: "a post that somebody works on at this moment: see settle.test.ts",
  },
  {
    file: /^src\/platform\/jobs\/jobs\.ts$/,
    within: /^enqueue$/,
    reason: "the desk's orders; delivery announces outcomes in its own statement",
  },
  {
    file: /^src\/delivery\/send\/(outcome|publish)\.ts$/,
    within: /^refuse$/,
    reason: "stored rows that were changed behind Galley's back: see invariants.test.ts",
  },
  {
    file: /^src\/delivery\/(send\/publish|quarantine\/quarantine-check)\.ts$/,
    what: /^refuse\(/,
    reason: "stored rows that were changed behind Galley's back: see invariants.test.ts",
  },
  {
    file: /^src\/platform\/jobs\/install\.ts$/,
    reason: "the queue's tables are made before a worker takes anything",
  },
  {
    file: /^src\/platform\/mail\/transport\.ts$/,
    within: /verify$/,
    reason: "the connect form: a person waits",
  },
];

export type Instrumented = {
  awaits: Await[];
  /** Why an await needs not be passed, by its number. */
  excluded: Map<number, string>;
  /** Instrumented code by its path from the root: what a worker loads. */
  sources: Record<string, string>;
};

/** A change of one source before it gets its failpoints: what a control turns off. */
export type Mutation = { file: string; find: string; put: string };

/** The source with all of these changes; each must fit in exactly one place. */
export function mutate(source: string, mutations: readonly Mutation[]): string {
  return mutations.reduce((text, { file, find, put }) => {
    if (text.split(find).length === 2) return text.replace(find, () => put);
    throw new TypeError(`${file} does not hold exactly once what a control turns off: ${find}`);
  }, source);
}

/** Reads every file of the publishing path and puts failpoints around its awaits. */
export function instrumentPath(root: string, mutations: readonly Mutation[]): Instrumented {
  const awaits: Await[] = [];
  const sources: Record<string, string> = {};
  const open = new Set(mutations);
  for (const file of globSync(path, { cwd: root }).toSorted()) {
    if (file.endsWith(".test.ts") || file.endsWith(".gen.ts")) continue;
    const own = mutations.filter((mutation) => mutation.file === file);
    const source = mutate(readFileSync(join(root, file), "utf8"), own);
    for (const mutation of own) open.delete(mutation);
    const made = instrument(file, source, awaits.length);
    awaits.push(...made.awaits);
    // On the first line, so that all lines stay where they are.
    sources[file] = `__chaos.loaded(${JSON.stringify(file)});${made.code}`;
  }
  if (open.size > 0) throw new TypeError("a control names a file outside the publishing path");
  const excluded = new Map<number, string>();
  for (const [number, { file, within, what }] of awaits.entries()) {
    const exclusion = exclusions.find(
      (one) => one.file.test(file) && (one.within?.test(within) ?? true) && (one.what?.test(what) ?? true),
    );
    if (exclusion) excluded.set(number, exclusion.reason);
  }
  return { awaits, excluded, sources };
}
