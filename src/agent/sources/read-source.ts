import { sha256, wellFormedProblem } from "#kit";
import type { FetchedDocument, HttpClient } from "#platform/http-client";
import { EgressError } from "#platform/http-client";
import { AgentError } from "../error.ts";
import { fitTitle } from "../text/fit.ts";
import { sentencesOf } from "../text/sentences.ts";
import { decodeText } from "./decode.ts";
import { feedFormat } from "./feed-root.ts";
import { canonicalAddress } from "./links.ts";
import type { Material, SourceRequest } from "./material.ts";
import { MAX_SOURCE_BYTES } from "./material.ts";
import { parseSource, refusal } from "./parse.ts";
import type { ParsedText } from "./parsed.ts";
import { isBotAnswer } from "./walls.ts";

type Reading = { http: Pick<HttpClient, "fetchDocument">; signal: AbortSignal };

const timeLimitMs = 20_000;
/** A feed entry shorter than this is a teaser: the article behind its link is read instead. */
const teaserLength = 800;
const acceptHeader =
  "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, text/markdown, text/plain;q=0.9, */*;q=0.5";

/**
 * Refuses a source that can never be read, before a run is made of it.
 *
 * @throws AgentError `agent.source_too_large`, `agent.source_malformed` (a lone surrogate or NUL, with its place)
 */
export function checkSource(source: SourceRequest): void {
  if (source.kind !== "markdown" && source.kind !== "brief") return;
  if (Buffer.byteLength(source.text) > MAX_SOURCE_BYTES) throw tooLarge(Buffer.byteLength(source.text));
  const problem = wellFormedProblem("/source/text", source.text);
  if (!problem) return;
  throw new AgentError({
    code: "agent.source_malformed",
    kind: "unprocessable",
    message: problem.message,
    problems: [problem],
  });
}

/** What reading gave; `notice` is what the person should know of it. */
export type ReadSource = { material: Material; notice: string | null };

/** Reads a source into plain text. Throws `AgentError`, or `EgressError` where an address may not be reached. */
export async function readSource(source: SourceRequest, reading: Reading): Promise<ReadSource> {
  checkSource(source);
  switch (source.kind) {
    case "brief":
    case "markdown": {
      const { kind, text } = source;
      if (text.trim() === "") throw emptyText();
      const parsed = await parseSource({ kind, text }, reading.signal);
      return { material: materialOf(kind, parsed, parsed.link, sha256(text)), notice: null };
    }
    case "url":
      return readPage(source.url, reading);
    case "feed": {
      const feed = await fetchText(source.url, reading);
      return readFeed(feed, source.item ?? null, reading);
    }
  }
}

async function readPage(url: string, reading: Reading): Promise<ReadSource> {
  const page = await fetchText(url, reading);
  if (feedFormat(page.text) !== null) return readFeed(page, null, reading);
  const parsed = await parseDocument(page, reading);
  const material = materialOf("url", parsed, parsed.link, sha256(page.document.body));
  return { material, notice: page.notice };
}

async function readFeed(feed: FetchedText, item: string | null, reading: Reading): Promise<ReadSource> {
  const { text, document, notice } = feed;
  const entry = await parseSource({ kind: "feed", text, url: document.url, item }, reading.signal);
  const { link } = entry;
  if (link === null || entry.paragraphs.join(" ").length >= teaserLength)
    return { material: materialOf("feed", entry, link, sha256(document.body)), notice };
  const article = await fetchText(link, reading);
  const parsed = await parseDocument(article, reading);
  const titled = { ...parsed, title: entry.title || parsed.title, date: entry.date ?? parsed.date };
  return {
    material: materialOf("feed", titled, parsed.link, sha256(article.document.body)),
    notice: article.notice ?? notice,
  };
}

/** A page as what the server says that it is: Markdown and plain text, else HTML. */
async function parseDocument({ text, document }: FetchedText, { signal }: Reading): Promise<ParsedText> {
  if (!/^text\/(?:plain|markdown|x-markdown)/i.test(document.headers["content-type"] ?? ""))
    return parseSource({ kind: "html", text, url: document.url }, signal);
  const parsed = await parseSource({ kind: "markdown", text }, signal);
  const link = canonicalAddress(parsed.link, { url: document.url, base: document.url });
  return { ...parsed, link };
}

type FetchedText = { document: FetchedDocument; text: string; notice: string | null };

async function fetchText(url: string, reading: Reading): Promise<FetchedText> {
  const document = await fetchDocument(url, reading);
  if (document.status < 200 || document.status > 299) {
    if (isBotAnswer(document.headers, Buffer.from(document.body).toString("latin1")))
      throw refusal("bot_wall", "");
    throw new AgentError({
      code: "agent.source_status",
      kind: "unprocessable",
      message: `${new URL(document.url).hostname} answered ${document.status} instead of the page; open the address in a browser to see why.`,
      retryable: document.status >= 500 || document.status === 429,
    });
  }
  return { document, ...(await decodeText(document.body, document.headers["content-type"] ?? null)) };
}

async function fetchDocument(url: string, { http, signal }: Reading): Promise<FetchedDocument> {
  try {
    return await http.fetchDocument(url, {
      maxBytes: MAX_SOURCE_BYTES,
      timeoutMs: timeLimitMs,
      accept: acceptHeader,
      signal,
    });
  } catch (error) {
    if (error instanceof EgressError && error.reason === "too_large") throw tooLarge(null);
    throw error;
  }
}

function tooLarge(bytes: number | null): AgentError {
  const size = bytes === null ? "" : ` (this one has ${(bytes / 1024 / 1024).toFixed(1)} MB)`;
  return new AgentError({
    code: "agent.source_too_large",
    kind: "too_large",
    message: `A source may have up to 2 MB${size}; give the part that the post is about.`,
  });
}

function emptyText(): AgentError {
  return new AgentError({
    code: "agent.source_empty",
    kind: "unprocessable",
    message: "There is no text yet; write a line or two.",
  });
}

/** A text without a title of its own is named after its first sentence. */
function materialOf(kind: Material["kind"], parsed: ParsedText, url: string | null, hash: string): Material {
  const { paragraphs, date } = parsed;
  const language = parsed.language ?? "en";
  const title = parsed.title || (sentencesOf(paragraphs[0] ?? "", language)[0] ?? "");
  const longest = kind === "brief" ? 120 : 200;
  return { kind, url, title: fitTitle(title, longest), language, date, paragraphs, sha256: hash };
}
