import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { PlatformDeps } from "../rules.ts";
import { createShelf, type Shelf } from "../shelf.ts";

export type LinkedInApp = {
  clientId: string;
  clientSecret: string;
  /** `profile`: Sign In with OpenID Connect and Share on LinkedIn; `page`: Community Management API. */
  product: "profile" | "page";
  /** Exactly these; null takes any address on loopback. */
  redirectUris: string[] | null;
};

/** What a member may do on a Page. */
export type Role = "ADMINISTRATOR" | "CONTENT_ADMIN" | "DIRECT_SPONSORED_CONTENT_POSTER" | "ANALYST";
export type Organization = {
  id: number;
  name: string;
  vanityName: string;
  /** By member; `*` is everybody who signs in. */
  roles: Record<string, Role>;
};

export type Member = { id: string; handle: string; name: string; email: string };

export type Grant = {
  memberId: string;
  clientId: string;
  product: LinkedInApp["product"];
  scopes: string[];
  access: string;
  accessExpiresAt: number;
  refresh: string | null;
  refreshExpiresAt: number;
  revoked: boolean;
};

export type Code = {
  code: string;
  memberId: string;
  clientId: string;
  redirectUri: string;
  scopes: string[];
  expiresAt: number;
  used: boolean;
};

export type MediaKind = "image" | "video" | "document";
export type Media = {
  urn: string;
  kind: MediaKind;
  owner: string;
  /** Parts by their place; an image and a document have one. */
  parts: { etag: string; bytes: Buffer }[];
  /** Of the whole file, once it is there. */
  sha256: string | null;
  /** Of a video, as announced. */
  expectedBytes: number | null;
  uploadToken: string;
  /** When it becomes AVAILABLE; null while something is missing. */
  availableAt: number | null;
};

export type PostContent =
  | { media: { id: string; title?: string; altText?: string } }
  | { multiImage: { images: { id: string; altText?: string }[] } }
  | {
      article: { source: string; title: string; description?: string; thumbnail?: string };
    };

export type Post = {
  urn: string;
  author: string;
  clientId: string;
  commentary: string;
  visibility: string;
  content: PostContent | null;
  createdAt: number;
  listedAt: number;
  ghost: boolean;
  byHand?: true;
};

export type Comment = {
  id: string;
  urn: string;
  actor: string;
  object: string;
  text: string;
  createdAt: number;
  listedAt: number;
  ghost: boolean;
  byHand?: true;
};

/** What tests switch while it runs, by `PUT /control/switches`. */
type Switches = {
  /** Of what was asked, only these are granted; null grants all. */
  grantOnly: string[] | null;
  /** Scopes that the app's product does not hold, whatever it holds elsewhere. */
  lacks: string[];
  /** Programmatic refresh tokens, for approved partners alone. */
  refreshTokens: boolean;
  memberPostsPerDay: number;
  /** Whether pages name the next one. */
  linksToNext: boolean;
  appPostsPerDay: number;
  /** How long an upload stays PROCESSING. */
  processingMs: number;
  /** The first version of the API that is not sunset, YYYYMM. */
  oldestVersion: string;
  /** Uploads end as PROCESSING_FAILED. */
  processingFails: boolean;
  /** False: the same text may stand twice, as LinkedIn itself does not take it. */
  refusesDuplicates: boolean;
};

/** Everything that LinkedIn knows. */
export type LinkedInState = PlatformDeps & {
  apps: LinkedInApp[];
  organizations: Organization[];
  members: Map<string, Member>;
  codes: Map<string, Code>;
  /** By access token and by refresh token. */
  grants: Shelf<Grant>;
  media: Map<string, Media>;
  mediaByToken: Map<string, Media>;
  /** By author. */
  posts: Shelf<Post>;
  /** How many of a day, by author and by app. */
  counted: Map<string, number>;
  /** By what they stand under. */
  comments: Shelf<Comment>;
  switches: Switches;
  /** A number as LinkedIn's ids look: 19 digits, rising with time. */
  nextNumber(): string;
};

export function createState(
  deps: PlatformDeps,
  { apps, organizations }: Pick<LinkedInState, "apps" | "organizations">,
): LinkedInState {
  let last = 7_200_000_000_000_000_000n + BigInt(Date.now());
  return {
    ...deps,
    apps,
    organizations,
    members: new Map(),
    codes: new Map(),
    grants: createShelf(
      ({ access }) => [access],
      ({ access, refresh }) => (refresh === null ? [access] : [access, refresh]),
    ),
    media: new Map(),
    mediaByToken: new Map(),
    posts: createShelf(
      ({ urn }) => [urn],
      ({ author }) => [author],
    ),
    counted: new Map(),
    comments: createShelf(
      ({ urn }) => [urn],
      ({ object }) => [object],
    ),
    switches: {
      grantOnly: null,
      lacks: [],
      refreshTokens: false,
      memberPostsPerDay: 150,
      linksToNext: true,
      appPostsPerDay: 100_000,
      processingMs: 0,
      oldestVersion: "202512",
      processingFails: false,
      refusesDuplicates: true,
    },
    nextNumber() {
      last += 1n;
      return String(last);
    },
  };
}

/** Opens the member's account where it is new; the id tells nothing, as pairwise subjects do. */
export function memberFor(state: LinkedInState, handle: string): Member {
  const known = [...state.members.values()].find((member) => member.handle === handle);
  if (known) return known;
  const id = createHash("sha256").update(`member ${handle}`).digest("base64url").slice(0, 10);
  const name = handle.charAt(0).toUpperCase() + handle.slice(1).replaceAll("_", " ");
  const member = { id, handle, name, email: `${handle}@linkedin.test` };
  state.members.set(id, member);
  return member;
}

export function newSecret(): string {
  return randomBytes(48).toString("base64url");
}

export function newMediaUrn(kind: MediaKind): string {
  return `urn:li:${kind}:${randomUUID().replaceAll("-", "").slice(0, 22).toUpperCase()}`;
}

/** The role by which a member may publish for a Page; null where there is none. */
export function roleOn(organization: Organization, member: Member): Role | null {
  return organization.roles[member.handle] ?? organization.roles["*"] ?? null;
}

const publishing: ReadonlySet<Role> = new Set([
  "ADMINISTRATOR",
  "CONTENT_ADMIN",
  "DIRECT_SPONSORED_CONTENT_POSTER",
]);

export function mayPublish(role: Role | null): boolean {
  return role !== null && publishing.has(role);
}
