import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import sharp from "sharp";
import { connectorRegistry, type Limits, type VariantContent } from "#connectors";
import { GalleyError } from "#kit";
import { pdfOf, videoOf } from "../support/media-files.ts";
import type { ConnectedChannel, Harness } from "./harness.ts";
import type { Cast } from "./personas.ts";
import { shown, type Target } from "./platforms.ts";
import { sentence } from "./words.ts";

/** One approved variant: what must become visible on one account, once. */
type Wanted = { postId: string; channel: ConnectedChannel; texts: string[] };

export type Written = {
  wanted: Wanted[];
  /** Left unapproved, edited after the approval, or cancelled in time: must never be visible. */
  unwanted: number;
};

export type AuthorOptions = {
  harness: Harness;
  random: () => number;
  /** How many variants to order. */
  count: number;
  /** How many may be on their way at a time. */
  backlog: number;
  /** How many posts, of a video or a document each, are for the minute after next: their files are uploaded ahead. */
  ahead: number;
  /** How many numbers are taken already, where this is not the first time that posts are written. */
  after?: number;
  /** How many posts, all for one channel, come due in one moment once all the others are written. */
  burst: number;
  cast: Cast;
  signal: AbortSignal;
};

const atOnce = 24;
const decoyEvery = 4;

/**
 * Writes, submits, approves and publishes posts by the desk's own verbs, as people do: one person writes, another
 * approves what was read. Beside them stand posts that nobody approved. Returns the last number that was taken.
 */
export async function writePosts(options: AuthorOptions, written: Written): Promise<number> {
  const { harness, random, count, backlog, ahead, after = 0, burst, cast, signal } = options;
  const files = await addFiles(harness);
  const open = nowAndThen(() => openDeliveries(harness), 5_000);
  let number = after;
  let planned = 0;

  async function writeOn(): Promise<void> {
    while (planned < count && !signal.aborted) {
      number += 1;
      const mine = number;
      const channels = pick(harness.connected, 6 + Math.floor(random() * 25), random).slice(
        0,
        count - planned,
      );
      planned += channels.length;
      while ((await open()) > backlog && !signal.aborted) await pause(100);
      const isAhead = mine <= ahead;
      const draft = drafts(mine, channels, files, isAhead ? slowKinds(random) : random());
      for (const { channel, content } of draft) await cast.before(channel, content.parts[0] ?? "");
      const send = isAhead ? schedule : publish;
      const postId = await send(harness, `Post ${mine}`, draft);
      written.wanted.push(...draft.map(({ channel, texts }) => ({ postId, channel, texts })));
      if (mine % decoyEvery === 0) {
        written.wanted.push(...(await writeUnwanted(harness, mine, channels, files)));
        written.unwanted += 1;
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, writeOn));
  written.wanted.push(...(await writeBurst(harness, burst, files)));
  return number;
}

/** To the channel of a platform that has one account alone. */
async function writeBurst(harness: Harness, count: number, files: Files): Promise<Wanted[]> {
  const channel = harness.connected.find(({ target }) => target.accounts === 1) ?? harness.connected[0];
  if (!channel || count === 0) return [];
  // Far enough away to write them all.
  const at = inMinutes(new Date().getSeconds() < 30 ? 1 : 2);
  const numbers = Array.from({ length: count }, (_, index) => index + 1).values();
  const wanted: Wanted[] = [];
  const media = filesFor(channel.target, files, 0);
  const writeOn = async (): Promise<void> => {
    for (const number of numbers) {
      const parts = [sentence("Burst", number)];
      const variant = draft(channel, { parts, firstComment: null, media });
      const postId = await schedule(harness, `Burst ${number}`, [variant], at);
      wanted.push({ postId, channel, texts: variant.texts });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, writeOn));
  return wanted;
}

type VariantDraft = { channel: ConnectedChannel; content: VariantContent; texts: string[] };

/** One in 25 says the same as the post before it: two equal posts are wanted then, and Galley must tell them apart. */
function textOf(name: string, number: number, { repeats }: Target): string {
  return sentence(name, repeats && number % 25 === 0 ? number - 1 : number);
}

function drafts(
  number: number,
  channels: ConnectedChannel[],
  files: Files,
  /** From 0 to 1, by which its parts and files are chosen. */
  kind: number,
): VariantDraft[] {
  return channels.map((channel) => {
    const { target } = channel;
    const { maxParts, firstComment: takesComment } = limitsOf(target);
    const text = (name: string) => textOf(name, number, target);
    const names = kind < 0.1 && maxParts > 2 ? ["Post", "Second part", "Third part"] : ["Post"];
    const parts = names.map(text);
    const firstComment = kind > 0.9 && takesComment ? text("Comment") : null;
    return draft(channel, {
      parts,
      firstComment,
      media: filesFor(target, files, kind),
    });
  });
}

/** Of a video or of a document. */
function slowKinds(random: () => number): number {
  return 0.72 + 0.03 * random();
}

/** Every kind of file, each in a few of a hundred posts, as far as the platform takes it. */
function filesFor(target: Target, files: Files, kind: number): File[] {
  const { video, document, mediaTypes } = limitsOf(target);
  const one = files.images.slice(0, 1);
  const wants = (from: number, to: number) => kind >= from && kind < to;
  if (wants(0.72, 0.74) && video) return [files.video];
  if (wants(0.74, 0.75) && document) return [files.document];
  if (wants(0.75, 0.76) && mediaTypes.includes("image/gif")) return [files.gif];
  if (wants(0.76, 0.8)) return files.images;
  return wants(0.8, 0.88) || target.needsImage ? one : [];
}

/** The variant, and what people are to see of it. */
function draft(
  channel: ConnectedChannel,
  wanted: { parts: string[]; firstComment: string | null; media: File[] },
): VariantDraft {
  const { target } = channel;
  const { parts, firstComment } = wanted;
  const [first = "", ...others] = parts;
  const describes = limitsOf(target).altTextLength > 0;
  const media = wanted.media.map(({ mediaId, altText }) => ({ mediaId, altText: describes ? altText : "" }));
  const altTexts = target.describes ? media.map((item) => item.altText) : [];
  const content = { parts, link: null, media, firstComment, options: target.options(first) };
  const texts = [shown(first, altTexts), ...others, ...(firstComment === null ? [] : [firstComment])];
  return { channel, content, texts };
}

const connectors = connectorRegistry();

function limitsOf({ id }: Target): Limits {
  const connector = connectors.get(id);
  if (!connector) throw new TypeError(`there is no connector ${id}`);
  return connector.limits;
}

async function publish(harness: Harness, title: string, variants: VariantDraft[]): Promise<string> {
  const postId = await approved(harness, title, variants);
  await step(() => harness.desk.publish(harness.author, postId));
  return postId;
}

async function schedule(
  harness: Harness,
  title: string,
  variants: VariantDraft[],
  at = inMinutes(2),
): Promise<string> {
  const postId = await approved(harness, title, variants);
  await step(() => harness.desk.schedule(harness.author, postId, at));
  return postId;
}

/** At a full minute, as people choose one. */
function inMinutes(minutes: number): { wall: string; zone: string } {
  return { wall: new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16), zone: "UTC" };
}

async function approved(harness: Harness, title: string, variants: VariantDraft[]): Promise<string> {
  const { desk, approver } = harness;
  const postId = await submitted(harness, title, variants);
  const { boundHash } = await again(() => desk.read(approver, postId));
  await step(() => desk.approve(approver, postId, { boundHash, note: "" }));
  return postId;
}

async function submitted(
  { desk, author }: Harness,
  title: string,
  variants: VariantDraft[],
): Promise<string> {
  const content = variants.map(({ channel, content }) => ({ channelId: channel.id, content }));
  const postId = await again(() => desk.create(author, { title, variants: content }));
  await step(() => desk.submit(author, postId));
  return postId;
}

/** Every way not to be approved, in turn; returns what was too late to hold back, which then is wanted. */
async function writeUnwanted(
  harness: Harness,
  number: number,
  channels: ConnectedChannel[],
  files: Files,
): Promise<Wanted[]> {
  const { desk, author, approver } = harness;
  const text = sentence("Decoy", number);
  const title = `Decoy ${number}`;
  const variants = channels.map((channel) =>
    draft(channel, { parts: [text], firstComment: null, media: filesFor(channel.target, files, 0) }),
  );
  const way = (number / decoyEvery) % 4;
  if (way === 0) {
    await submitted(harness, title, variants);
    return [];
  }
  const postId = await approved(harness, title, variants);
  if (way === 1) return [];
  if (way === 2) {
    await again(() => desk.schedule(author, postId, inMinutes(60)));
    const edited = variants.map(({ channel, content }) => ({
      channelId: channel.id,
      content: { ...content, parts: [`${text} Edited.`] },
    }));
    const { version } = await again(() => desk.read(author, postId));
    await step(() => desk.edit(author, postId, { title, variants: edited, baseVersion: version }));
    return [];
  }
  // Sent and held back at once: what is cancelled by then must not appear.
  await step(() => desk.publish(author, postId));
  // All of it may be out by then.
  await step(() => desk.cancel(approver, postId)).catch(unlessRefused);
  const left = await again(() =>
    sql<{ channelId: string }>`
      select channel_id as "channelId" from deliveries
      where workspace_id = ${author.workspaceId} and post_id = ${postId} and state <> 'cancelled'`.execute(
      harness.database.system,
    ),
  );
  const tooLate = new Set(left.rows.map(({ channelId }) => channelId));
  return variants
    .filter(({ channel }) => tooLate.has(channel.id))
    .map(({ channel, texts }) => ({ postId, channel, texts }));
}

/** The answer of `ask`, asked anew when it is older than `maxAgeMs`. */
function nowAndThen<Answer>(ask: () => Promise<Answer>, maxAgeMs: number): () => Promise<Answer> {
  let asked = { at: -Infinity, answer: null as Promise<Answer> | null };
  return () => {
    const { at, answer } = asked;
    if (answer && performance.now() - at < maxAgeMs) return answer;
    const fresh = ask();
    asked = { at: performance.now(), answer: fresh };
    return fresh;
  };
}

async function openDeliveries({ database }: Harness): Promise<number> {
  const { rows } = await again(() =>
    sql<{ open: number }>`
      select count(*) as open from deliveries
      where state in ('scheduled', 'claimed', 'in_flight', 'ambiguous', 'reconciling')
        and due_at <= clock_timestamp()`.execute(database.system),
  );
  return rows[0]?.open ?? 0;
}

/** `altText` is empty for what some platforms give no description. */
type File = { mediaId: string; altText: string };
type Files = { images: File[]; gif: File; video: File; document: File };

function square(number: number) {
  const background = { r: 60 * number, g: 100, b: 150 };
  return sharp({ create: { width: 32, height: 32, channels: 3, background } });
}

async function addFiles({ desk, author }: Harness): Promise<Files> {
  async function add(fileName: string, bytes: Uint8Array, altText = "A square."): Promise<File> {
    const { mediaId } = await desk.media.addBytes(author, { bytes, fileName, altText });
    return { mediaId, altText };
  }
  return {
    images: [
      await add("0.png", await square(0).png().toBuffer()),
      await add("1.png", await square(1).png().toBuffer()),
    ],
    gif: await add("2.gif", await square(2).gif().toBuffer()),
    // LinkedIn takes none below 75 kB.
    video: await add("3.mp4", await videoOf({ dataBytes: 90_000 }), ""),
    document: await add("4.pdf", pdfOf(), ""),
  };
}

/** Different channels, each platform by its weight. */
function pick(
  channels: readonly ConnectedChannel[],
  count: number,
  random: () => number,
): ConnectedChannel[] {
  const picked: ConnectedChannel[] = [];
  const left = Map.groupBy(channels, ({ target }) => target);
  while (picked.length < count && left.size > 0) {
    const sum = [...left.keys()].reduce((total, { weight }) => total + weight, 0);
    let at = random() * sum;
    const [target, own] = [...left].find(([{ weight }]) => (at -= weight) < 0) ?? [...left][0] ?? [];
    if (!target || !own) break;
    picked.push(...own.splice(Math.floor(random() * own.length), 1));
    if (own.length === 0) left.delete(target);
  }
  return picked;
}

const databaseBackMs = 100;
/** As often as the person looks: clicks in between would take the database from whoever connects the channel again. */
const readyAgainMs = 1_000;

/** How long until a click is worth another try; null where none helps. */
function againInMs(error: unknown): number | null {
  if (!(error instanceof GalleyError)) return databaseBackMs;
  // A channel has to be connected again first, say.
  return error.code === "desk.not_ready" ? readyAgainMs : null;
}

/** A person's click is repeated while the database is away, or a channel. */
async function again<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const waitMs = againInMs(error);
      if (waitMs === null || tries > 1_200) throw error;
      await pause(waitMs);
    }
  }
}

/** The post is no longer as this verb wants it. */
function isRefused(error: unknown): boolean {
  return error instanceof GalleyError && ["desk.wrong_state", "desk.version_conflict"].includes(error.code);
}

function unlessRefused(error: unknown): void {
  if (!isRefused(error)) throw error;
}

/** A verb of the desk. Where the database went away under it, it may have happened: then it is refused the second time. */
async function step(work: () => Promise<unknown>): Promise<void> {
  let isRepeated = false;
  await again(async () => {
    try {
      await work();
    } catch (error) {
      if (isRefused(error) && isRepeated) return;
      isRepeated ||= !(error instanceof GalleyError);
      throw error;
    }
  });
}
