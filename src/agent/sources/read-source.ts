import { sha256, wellFormedProblem } from "#kit";
import type { FetchedDocument, HttpClient } from "#platform/http-client";
import { EgressError } from "#platform/http-client";
import { fitWords } from "../drafting/fit.ts";
import { AgentError } from "../error.ts";
import { decodeText } from "./decode.ts";
import type { Material, SourceRequest } from "./material.ts";
import { MAX_SOURCE_BYTES } from "./material.ts";
import { parseSource } from "./parse.ts";
import type { ParsedText } from "./parsed.ts";

type Reading = { http: Pick<HttpClient, "fetchDocument">; signal: AbortSignal };

const TIME_LIMIT = 20_000;
/** A feed entry shorter than this is a teaser: the article behind its link is read instead. */
const TEASER = 800;
const ACCEPT =
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

/** Reads a source into plain text. Throws `AgentError`, or `EgressError` where an address may not be reached. */
export async function readSource(source: SourceRequest, reading: Reading): Promise<Material> {
  checkSource(source);
  switch (source.kind) {
    case "brief":
      return briefMaterial(source.text);
    case "markdown": {
      const parsed = await parseSource({ kind: "markdown", text: source.text }, reading.signal);
      return materialOf("markdown", parsed, parsed.link, sha256(source.text));
    }
    case "url":
      return readPage(source.url, reading);
    case "feed":
      return readFeed(source.url, source.item ?? null, reading);
  }
}

function briefMaterial(text: string): Material {
  const paragraphs = text.split(/\n\s*\n|\r?\n/).map((line) => line.replace(/\s+/gu, " ").trim());
  const lines = paragraphs.filter((line) => line !== "");
  if (lines.length === 0) {
    throw new AgentError({
      code: "agent.source_empty",
      kind: "unprocessable",
      message: "The brief is empty; write a line or two.",
    });
  }
  const title = fitWords(lines[0] ?? "", (line) => line.length <= 120);
  return { kind: "brief", url: linkIn(text), title, language: "en", paragraphs: lines, sha256: sha256(text) };
}

function linkIn(text: string): string | null {
  return /https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?]/.exec(text)?.[0] ?? null;
}

async function readPage(url: string, reading: Reading): Promise<Material> {
  const { document, text } = await fetchText(url, reading);
  const type = document.headers["content-type"] ?? "";
  const hash = sha256(document.body);
  if (isFeed(type, text)) return feedMaterial(text, document.url, null, hash, reading);
  if (/^text\/(?:plain|markdown|x-markdown)/i.test(type)) {
    const parsed = await parseSource({ kind: "markdown", text }, reading.signal);
    return materialOf("url", parsed, document.url, hash);
  }
  const parsed = await parseSource({ kind: "html", text, url: document.url }, reading.signal);
  return materialOf("url", parsed, parsed.link, hash);
}

async function readFeed(url: string, item: string | null, reading: Reading): Promise<Material> {
  const { document, text } = await fetchText(url, reading);
  return feedMaterial(text, document.url, item, sha256(document.body), reading);
}

async function feedMaterial(
  text: string,
  url: string,
  item: string | null,
  hash: string,
  reading: Reading,
): Promise<Material> {
  const entry = await parseSource({ kind: "feed", text, url, item }, reading.signal);
  const link = entry.link;
  if (link === null || entry.paragraphs.join(" ").length >= TEASER)
    return materialOf("feed", entry, link, hash);
  const article = await fetchText(link, reading);
  const parsed = await parseSource(
    { kind: "html", text: article.text, url: article.document.url },
    reading.signal,
  );
  const titled = { ...parsed, title: entry.title || parsed.title };
  return materialOf("feed", titled, parsed.link, sha256(article.document.body));
}

function isFeed(type: string, text: string): boolean {
  if (/(?:rss|atom|feed\+json)/i.test(type)) return true;
  return (
    !/html/i.test(type) &&
    /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:rss|feed|rdf:RDF)[\s>]/.test(text)
  );
}

async function fetchText(
  url: string,
  reading: Reading,
): Promise<{ document: FetchedDocument; text: string }> {
  const document = await fetchDocument(url, reading);
  if (document.status < 200 || document.status > 299) {
    throw new AgentError({
      code: "agent.source_status",
      kind: "unprocessable",
      message: `${new URL(document.url).hostname} answered ${document.status} instead of the page; open the address in a browser to see why.`,
      retryable: document.status >= 500 || document.status === 429,
    });
  }
  return { document, text: await decodeText(document.body, document.headers["content-type"] ?? null) };
}

async function fetchDocument(url: string, { http, signal }: Reading): Promise<FetchedDocument> {
  try {
    return await http.fetchDocument(url, {
      maxBytes: MAX_SOURCE_BYTES,
      timeoutMs: TIME_LIMIT,
      accept: ACCEPT,
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

function materialOf(kind: Material["kind"], parsed: ParsedText, url: string | null, hash: string): Material {
  const first = parsed.paragraphs[0] ?? "";
  const title = fitWords(parsed.title || first, (text) => text.length <= 200);
  return { kind, url, title, language: parsed.language ?? "en", paragraphs: parsed.paragraphs, sha256: hash };
}
