import { withoutSuspicious } from "#kit";

/** What a person hands to the agent. */
export type SourceRequest =
  | { kind: "markdown"; text: string; name?: string | undefined }
  | { kind: "url"; url: string }
  /** `item` is the entry's id, link or title; without it the newest entry is read. */
  | { kind: "feed"; url: string; item?: string | undefined }
  | { kind: "brief"; text: string };

/** What reading a source gave: plain text, in paragraphs, and where it came from. */
export type Material = {
  kind: SourceRequest["kind"];
  /** Where people can read it; null for text that was handed over. */
  url: string | null;
  title: string;
  /** BCP 47, "en" where nothing says otherwise. */
  language: string;
  /** When it was published, in ISO 8601; null where that is not known. Absent in runs of an earlier version. */
  date?: string | null;
  /** Headings are not among them. */
  paragraphs: string[];
  /** SHA-256 of the bytes that were read. */
  sha256: string;
};

/** What is kept beside the post: enough to find the source again and to see whether it changed. */
export type SourceReference = {
  kind: SourceRequest["kind"];
  url: string | null;
  title: string;
  excerpt: string;
  sha256: string;
};

/** Longest source in bytes. A long essay has 100 KB; a page of 2 MiB is not an article. */
export const MAX_SOURCE_BYTES = 2 * 1024 * 1024;

const EXCERPT = 280;

/** The reference to a piece of material; the excerpt is its opening, cut between words. */
export function referenceTo(material: Material): SourceReference {
  const opening = withoutSuspicious(material.paragraphs.join(" ").slice(0, EXCERPT * 2));
  const excerpt =
    // short text: the opening, which was cut
    opening.length <= EXCERPT ? opening : `${opening.slice(0, EXCERPT).replace(/\s+\S*$/, "")}…`;
  const { kind, url, sha256 } = material;
  const title = withoutSuspicious(material.title);
  return { kind, url, title, excerpt: excerpt.toWellFormed(), sha256 };
}
