import { type ChannelStatus, type InstallationSettings, settingsOf } from "#channels";
import type { Connector, ConnectorRegistry, MediaInfo, Quota, VariantContent } from "#connectors";
import {
  ConnectorFailure,
  forAccount,
  lengthOf,
  postsIn,
  quotaTooSmall,
  quotaTooSmallInWords,
} from "#connectors";
import type { JsonObject, Money, Problem } from "#kit";
import { publishableProblem, suspiciousCharacters } from "#kit";
import type { Variant } from "./post.ts";

/** An `error` keeps a post from being submitted or sent; a `warning` is shown and no more. */
export type CheckProblem = Problem & { severity: "error" | "warning" };

/** What a channel must tell for its variants to be checked. */
export type TargetChannel = {
  id: string;
  connector: string;
  handle: string;
  displayName: string;
  status: ChannelStatus;
  paused: boolean;
  /** What the person granted. */
  scopes: readonly string[];
  /** What the app that it is connected with says in the open; null without one of the workspace. */
  appValues: JsonObject | null;
  /** The account's own limits as they are known; null where it has none. */
  accountLimits: JsonObject | null;
  target: ChannelTarget;
};

/** Where a channel's posts go. `hash` and `words` are null until it was first used since there are fingerprints. */
export type ChannelTarget = { hash: string | null; words: string | null; changedAt: Date | null };

export type VariantCheck = {
  channelId: string;
  /** `path` points into the variant's content. */
  problems: CheckProblem[];
  /** Length of each text part as the platform counts it, for the counter. */
  parts: { length: number; limit: number; unit: string }[];
  /** What the platform charges for this variant; null where it charges nothing. */
  price: Money | null;
  /** Characters that a reader cannot see, by part and UTF-16 index. */
  suspicious: { part: number; index: number; codePoint: number }[];
};

/** What every check needs: the platforms, and their settings, since what they charge may be configured. */
export type CheckContext = {
  connectors: ConnectorRegistry;
  /** The installation's; a channel's app may say otherwise. */
  connectorSettings: InstallationSettings;
};

export type CheckInput = CheckContext & {
  channels: ReadonlyMap<string, TargetChannel>;
  media: ReadonlyMap<string, MediaInfo>;
};

/** Checks every variant as its platform would, without calling it. Pure and quick: it runs while people type. */
export function checkVariants(variants: Variant[], input: CheckInput): VariantCheck[] {
  const checks = variants.map((variant) => checkVariant(variant, input));
  warnOfTwins(variants, checks, input.channels);
  return checks;
}

/** The errors among the checks as problems of the post: paths start at its `/variants/…`. */
export function blockingProblems(checks: VariantCheck[]): Problem[] {
  if (checks.length === 0) {
    return [
      {
        path: "/variants",
        code: "desk.no_variants",
        message: "Choose at least one channel and write something for it.",
      },
    ];
  }
  return checks.flatMap(({ problems }, index) =>
    problems
      .filter(({ severity }) => severity === "error")
      .map(({ path, code, message }) => ({ path: `/variants/${index}/content${path}`, code, message })),
  );
}

function checkVariant({ channelId, content }: Variant, input: CheckInput): VariantCheck {
  const channel = input.channels.get(channelId);
  const platform = channel && input.connectors.get(channel.connector);
  // The first comment comes after the parts.
  const suspicious = suspiciousOf([...content.parts, content.firstComment ?? ""]);
  if (!channel || !platform) {
    const problem = channel
      ? error("", "desk.connector_missing", `This Galley has no connector "${channel.connector}".`)
      : error("", "desk.channel_unknown", "This channel does not exist any more; choose another.");
    return { channelId, problems: [problem], parts: [], price: null, suspicious };
  }
  const connector = forAccount(platform, channel.accountLimits);
  const media = content.media.flatMap(({ mediaId }) => input.media.get(mediaId) ?? []);
  // As it will be sent: where links live in the text, the link counts too.
  const parts = connector.compose(content).map((text) => ({
    // A connector may count by code points or graphemes; half a character has neither.
    length: lengthOf(connector, text.toWellFormed()),
    limit: connector.limits.textLength,
    unit: connector.limits.textUnit,
  }));
  const unsafe = textProblems(content, publishableProblem);
  if (unsafe.length > 0) return { channelId, problems: unsafe, parts, price: null, suspicious };
  const refused = connector
    .validate(content, media)
    .map((problem) => error(problem.path, problem.code, problem.message));
  const { price, problems: bySettings } = checkBySettings(content, connector, input, channel);
  const problems = [
    ...channelProblems(channel, connector),
    ...permissionProblems(content, connector, channel),
    ...bySettings,
    ...missingMedia(content, input.media, refused),
    ...refused,
    ...(connector.limits.altTextLength === 0 ? [] : altTextWarnings(content, refused)),
    ...textProblems(content, invisibleWarning).map((found) => ({ ...found, severity: "warning" as const })),
  ];
  return { channelId, problems, parts, price, suspicious };
}

/** As many marks as a person can look at; with more, a text is nothing that anybody approves. */
const mostMarks = 200;

function suspiciousOf(texts: string[]): VariantCheck["suspicious"] {
  const marks: VariantCheck["suspicious"] = [];
  for (const [part, text] of texts.entries()) {
    const most = mostMarks - marks.length;
    if (most === 0) break;
    marks.push(
      ...suspiciousCharacters(text, most)
        .slice(0, most)
        .map((found) => ({ part, ...found })),
    );
  }
  return marks;
}

/** What depends on the settings of the channel; settings that its connector refuses are a problem of the post. */
function checkBySettings(
  content: VariantContent,
  connector: Connector,
  { connectorSettings }: CheckContext,
  { appValues }: TargetChannel,
): { price: Money | null; problems: CheckProblem[] } {
  const settings = settingsOf(connectorSettings, connector, appValues);
  try {
    const price = connector.price(content, settings);
    return { price, problems: quotaProblems(content, connector, connector.quotas(settings)) };
  } catch (refusal) {
    if (!(refusal instanceof ConnectorFailure)) throw refusal;
    return { price: null, problems: [error("", refusal.code, refusal.message)] };
  }
}

/** A thread goes out whole or not at all, so one that is longer than a quota would wait for ever. */
function quotaProblems(content: VariantContent, { name }: Connector, quotas: Quota[]): CheckProblem[] {
  const posts = postsIn(content);
  const tooSmall = quotaTooSmall(quotas, posts);
  if (!tooSmall) return [];
  const counted = content.firstComment === null ? "" : ", its first comment among them";
  const message = `This thread has ${posts} parts${counted}; ${quotaTooSmallInWords(name, tooSmall)}: shorten it, or make several posts of it.`;
  return [error("/parts", "desk.over_quota", message)];
}

/** What `rule` says about the texts of a variant, anywhere in it. */
export function textProblems(
  content: VariantContent,
  rule: (path: string, text: string) => Problem | null,
): CheckProblem[] {
  const texts: [path: string, text: string][] = [
    ...content.parts.map((text, index): [string, string] => [`/parts/${index}`, text]),
    ["/link", content.link ?? ""],
    ...content.media.map(({ altText }, index): [string, string] => [`/media/${index}/altText`, altText]),
    ["/firstComment", content.firstComment ?? ""],
    ...Object.entries(content.options).flatMap(([key, value]): [string, string][] => [
      ["/options", key],
      [`/options/${pointerPart(key)}`, typeof value === "string" ? value : ""],
    ]),
  ];
  return texts.flatMap(([path, text]) => {
    const problem = rule(path, text);
    return problem ? [{ ...problem, severity: "error" as const }] : [];
  });
}

function channelProblems(channel: TargetChannel, connector: Connector): CheckProblem[] {
  if (channel.status === "disconnected") {
    return [
      error(
        "",
        "desk.channel_disconnected",
        `${channel.handle} is disconnected; connect ${connector.name} again.`,
      ),
    ];
  }
  if (channel.status === "needs_reconnect") {
    return [
      error(
        "",
        "desk.channel_needs_reconnect",
        `${connector.name} no longer accepts our access to ${channel.handle}; reconnect it.`,
      ),
    ];
  }
  if (channel.paused) {
    return [
      error("", "desk.channel_paused", `${channel.handle} is paused; resume it or take it out of this post.`),
    ];
  }
  return [];
}

/** What the person left out at the consent and this variant needs: told now, not by the platform when it is due. */
function permissionProblems(
  content: VariantContent,
  { connect }: Connector,
  { status, handle, scopes }: TargetChannel,
): CheckProblem[] {
  // Another consent may grant what the former one did not.
  if (connect.kind !== "oauth" || status !== "connected") return [];
  return connect.optionalScopes.flatMap(({ scope, enables, neededBy }) => {
    const path = scopes.includes(scope) ? null : (neededBy?.(content) ?? null);
    if (path === null) return [];
    const message = `${handle} was connected without the permission “${scope}”, which this needs: ${enables}. Connect it again and allow that, or take it out of this post.`;
    return [error(path, "desk.permission_missing", message)];
  });
}

/** Connectors look at what they get of the files; whether one exists is for the desk to say if they do not. */
function missingMedia(
  content: VariantContent,
  known: ReadonlyMap<string, MediaInfo>,
  refused: CheckProblem[],
): CheckProblem[] {
  return content.media.flatMap(({ mediaId }, index) =>
    known.has(mediaId) || refused.some(({ path }) => path === `/media/${index}`)
      ? []
      : [
          error(
            `/media/${index}`,
            "desk.media_not_found",
            "This file does not exist any more; choose another.",
          ),
        ],
  );
}

/** A platform that insists on alt text says so itself; for the others a missing one is a warning. */
function altTextWarnings(content: VariantContent, refused: CheckProblem[]): CheckProblem[] {
  return content.media.flatMap(({ altText }, index) => {
    const path = `/media/${index}/altText`;
    if (altText.trim() !== "" || refused.some((problem) => problem.path === path)) return [];
    return [
      warning(
        path,
        "desk.alt_text_missing",
        "This image has no description; people who cannot see it will miss it.",
      ),
    ];
  });
}

function invisibleWarning(path: string, text: string): Problem | null {
  if (suspiciousCharacters(text, 1).length === 0) return null;
  const message = "This text holds characters that cannot be seen; look at each before you approve.";
  return { path, code: "desk.invisible_characters", message };
}

/** The same words on two accounts of one platform look like spam to it; X refuses them outright. */
function warnOfTwins(
  variants: Variant[],
  checks: VariantCheck[],
  channels: ReadonlyMap<string, TargetChannel>,
): void {
  const seen = new Map<string, string>();
  for (const [index, { channelId, content }] of variants.entries()) {
    const channel = channels.get(channelId);
    if (!channel || content.parts.length === 0) continue;
    const key = JSON.stringify([channel.connector, content.parts]);
    const twin = seen.get(key);
    if (twin === undefined) {
      seen.set(key, channel.handle);
      continue;
    }
    checks[index]?.problems.push(
      warning("/parts/0", "desk.identical_text", `The same text goes to ${twin} on the same platform.`),
    );
  }
}

function error(path: string, code: string, message: string): CheckProblem {
  return { path, code, message, severity: "error" };
}

function warning(path: string, code: string, message: string): CheckProblem {
  return { path, code, message, severity: "warning" };
}

/** A key as one step of a JSON Pointer (RFC 6901 section 3). */
function pointerPart(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
