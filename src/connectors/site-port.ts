import type { Verdict } from "./verdict.ts";

/** A renderer with bounded time and memory. It never throws: what it cannot render is told as a problem. */
export type ConnectorMarkdown = {
  render(
    source: string,
  ): Promise<{ kind: "done"; value: RenderedText } | { kind: "failed"; problem: string }>;
};

/** Markdown for readers: safe HTML, plain text, and the language (BCP 47) where it shows. */
export type RenderedText = { html: string; text: string; language: string | null };

/** The public pages of one workspace. They never throw: a failure says what it means. */
export type ConnectorSite = {
  /** Makes the workspace's site; one that it has is taken over as it is, with its address and title. */
  open(site: { slug: string; title: string; description: string }): Promise<SiteOutcome<SiteAddress>>;
  /** Null where the workspace has none. */
  address(): Promise<SiteOutcome<SiteAddress | null>>;
  /** Publishes an entry; with a key that is known, gives back what stands under it and changes nothing. */
  put(key: string, entry: SiteEntry): Promise<SiteOutcome<SitePublished>>;
  find(key: string): Promise<SiteOutcome<SitePublished | null>>;
};

export type SiteOutcome<Value> =
  | { kind: "done"; value: Value }
  | { kind: "failed"; verdict: Verdict; code: string; message: string };

export type SiteAddress = {
  accountId: string;
  slug: string;
  title: string;
  description: string;
  url: string;
};

export type SiteEntry = {
  title: string;
  /** Null: made from the title. */
  slug: string | null;
  /** Markdown. */
  body: string;
  /** Null: to be rendered later. */
  rendered: RenderedText | null;
  link: string | null;
  canonicalUrl: string | null;
  tags: string[];
  /** `bytes`: null where an earlier version did not keep it. */
  media: {
    sha256: string;
    mimeType: string;
    bytes: number | null;
    width: number;
    height: number;
    altText: string;
  }[];
};

export type SitePublished = { id: string; url: string; publishedAt: Date };
