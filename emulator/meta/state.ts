import { createHash, createHmac, randomBytes } from "node:crypto";
import type { PlatformDeps } from "../rules.ts";
import { createShelf, type Shelf } from "../shelf.ts";

export type MetaApp = { id: string; secret: string; redirectUris: string[]; demandsProof: boolean };

export type MetaPage = {
  id: string;
  name: string;
  username: string;
  /** What the person may do there: `CREATE_CONTENT`, `MODERATE`, … */
  tasks: string[];
  instagram: { id: string; username: string; name: string } | null;
};

/** What one person agreed to at the login dialog; all tokens stand and fall with it. */
export type Consent = {
  id: string;
  userId: string;
  granted: Set<string>;
  declined: Set<string>;
  pages: Set<string>;
  revoked: boolean;
  /** After this no token gives data any more, however long it lives: 90 days. */
  dataAccessExpiresAt: number;
};

export type Token = {
  hash: string;
  kind: "USER" | "PAGE";
  consent: Consent;
  pageId: string | null;
  issuedAt: number;
  /** 0: it does not end while the consent stands. */
  expiresAt: number;
};

export type Photo = {
  id: string;
  pageId: string;
  altText: string;
  published: boolean;
  /** Temporary ones vanish after a day unless a post carries them. */
  temporary: boolean;
  uploadedAt: number;
  used: boolean;
};

export type Video = {
  id: string;
  pageId: string;
  session: string;
  size: number;
  received: number;
  finished: boolean;
  failed: boolean;
};

export type MetaPost = {
  id: string;
  /** Of the Page or the Instagram account. */
  account: string;
  kind: "post" | "comment";
  text: string;
  link: string | null;
  photos: string[];
  video: string | null;
  altTexts: string[];
  mediaType: "IMAGE" | "VIDEO" | "CAROUSEL_ALBUM" | null;
  parent: string | null;
  createdAt: number;
  listedAt: number;
  ghost: boolean;
  byHand?: true;
};

export type Container = {
  id: string;
  account: string;
  kind: "IMAGE" | "REELS" | "CAROUSEL";
  carouselItem: boolean;
  caption: string;
  altText: string;
  children: string[];
  createdAt: number;
  /** From when on it is ready; processing takes a while. */
  readyAt: number;
  /** Why it never gets ready; null where it does. */
  error: { subcode: number; message: string } | null;
  published: boolean;
};

/** Everything that Meta knows. */
export type MetaState = PlatformDeps & {
  app: MetaApp;
  /** How long a container of Instagram is `IN_PROGRESS`. */
  processingMs: number;
  /** The first version that has not ended; the calendar alone decides where it is empty. */
  switches: { oldestVersion: string };
  /** How often the Graph API was called. */
  calls: number;
  user: { id: string; name: string };
  pages: MetaPage[];
  codes: Map<string, LoginCode>;
  tokens: Map<string, Token>;
  consents: Consent[];
  photos: Map<string, Photo>;
  videos: Map<string, Video>;
  containers: Map<string, Container>;
  /** By their account, comments by what they stand under; found by id and by their video's. */
  posts: Shelf<MetaPost>;
  /** The next number of an id; ids say what they are by their first digits. */
  newId(kind: keyof typeof prefixes): string;
  issue(token: Omit<Token, "hash">): string;
};

type LoginCode = {
  consent: Consent;
  redirectUri: string;
  challenge: string | null;
  expiresAt: number;
  used: boolean;
};

/** First digits of ids, so that a request alone tells which kind of object it is about. */
export const prefixes = {
  user: "99",
  page: "61",
  instagram: "1784",
  media: "1789",
  container: "1790",
  photo: "12",
  video: "15",
  comment: "18",
  post: "22",
} as const;

const fullTasks = ["MANAGE", "CREATE_CONTENT", "MODERATE", "ADVERTISE", "ANALYZE", "MESSAGING"];

const somePages: MetaPage[] = [
  {
    id: `${prefixes.page}2001`,
    name: "Galley Test Kitchen",
    username: "galleykitchen",
    tasks: fullTasks,
    instagram: { id: `${prefixes.instagram}3001`, username: "galley.kitchen", name: "Galley Kitchen" },
  },
  {
    id: `${prefixes.page}2002`,
    name: "Galley Bookshop",
    username: "galleybooks",
    tasks: ["CREATE_CONTENT", "MODERATE"],
    instagram: null,
  },
  {
    id: `${prefixes.page}2003`,
    name: "Somebody Else's Page",
    username: "",
    tasks: ["ANALYZE"],
    instagram: { id: `${prefixes.instagram}3003`, username: "somebody.else", name: "" },
  },
];

/** Pages for many accounts, all alike. */
export function manyPages(count: number): MetaPage[] {
  return Array.from({ length: count }, (_, number) => ({
    id: `${prefixes.page}${4001 + number}`,
    name: `Page ${number}`,
    username: `page${number}`,
    tasks: fullTasks,
    instagram: {
      id: `${prefixes.instagram}${5001 + number}`,
      username: `page.${number}`,
      name: `Page ${number}`,
    },
  }));
}

export function createState(
  deps: PlatformDeps,
  { app, processingMs, pages = somePages }: { app: MetaApp; processingMs: number; pages?: MetaPage[] },
): MetaState {
  let count = 1000;
  const tokens = new Map<string, Token>();
  return {
    ...deps,
    app,
    processingMs,
    switches: { oldestVersion: "" },
    calls: 0,
    user: { id: `${prefixes.user}1001`, name: "Ada Newcomer" },
    pages,
    codes: new Map(),
    tokens,
    consents: [],
    photos: new Map(),
    videos: new Map(),
    containers: new Map(),
    posts: createShelf(
      ({ id, video }) => (video === null ? [id] : [id, video]),
      ({ kind, account, parent }) => [kind === "post" ? account : (parent ?? "")],
    ),
    newId(kind) {
      count += 1;
      return `${prefixes[kind]}${String(count).padStart(11, "0")}`;
    },
    issue(token) {
      const secret = `EAAG${randomBytes(48).toString("hex")}`;
      const hash = secretHash(secret);
      tokens.set(hash, { ...token, hash });
      return secret;
    },
  };
}

/** What stands in the address of an Instagram post, as short as there: its own for each. */
export function shortcodeOf({ id }: Pick<MetaPost, "id">): string {
  return Buffer.from(id.slice(-8)).toString("base64url").slice(0, 11);
}

export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** https://developers.facebook.com/docs/graph-api/guides/secure-requests */
export function proofOf(token: string, appSecret: string): string {
  return createHmac("sha256", appSecret).update(token).digest("hex");
}

/** "2026-11-21T05:13:37+0000", the way the Graph API writes times. */
export function graphTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}+0000`;
}
