import type { ErrorBodies, Operation, Twist } from "./faults.ts";
import type { Answer, EmulatorRequest, Refusal } from "./http.ts";

/** One thing that people can see, as the journal tells it. The journals are what tests believe. */
export type Visible = {
  id: string;
  /** Of the account whose page shows it. */
  account: string;
  kind: "post" | "reply" | "comment";
  text: string;
  altTexts: string[];
  inReplyTo: string | null;
  url: string;
  /** Milliseconds since the epoch; in the future for a late commit. */
  createdAt: number;
  /** The platform's own second copy, which no request asked for. */
  ghost: boolean;
  /** A person posted it, and no application. */
  byHand?: true;
  /** What else this platform shows: a link's card, who may see it. */
  details?: Record<string, unknown>;
};

/** What a person posts: under a post that stands, or by itself. */
export type ByHand = Pick<Visible, "account" | "text" | "inReplyTo" | "createdAt"> & {
  /** Of the pictures of the post that it repeats, where there is none without a picture. */
  altTexts?: string[];
};

/** What every platform gets from its frame, and keeps in its state. */
export type PlatformDeps = {
  /** The platform's own clock, in milliseconds since the epoch. */
  now: () => number;
  /** Where people reach it; known once it listens. */
  publicUrl: () => string;
};

/** What makes one platform different from another. */
export type PlatformRules = {
  name: string;
  /** Which switch a request answers to; null where faults let it be. */
  operationOf(request: EmulatorRequest): Operation | null;
  answer(request: EmulatorRequest, twist: Twist): Answer | Promise<Answer>;
  /** Whose account a request is about, as the journal names it; null where it is about none. */
  accountOf(request: EmulatorRequest): string | null;
  /** A person posts, in the platform's own app. */
  post(byHand: ByHand): void;
  /** How a request for a list says how many it wants. */
  sizeName: string;
  /**
   * What becomes of the same request a second time: `code` of the refusal as a duplicate, the answer to the first one
   * (`same`), or a second copy.
   */
  repeated: { code: string } | "same" | "copy";
  /** Errors in the platform's own shape. */
  bodies: ErrorBodies & { refused(refusal: Refusal): Answer };
  /** Everything visible or soon to be, oldest first. */
  journal(): Visible[];
  /** All access tokens end now; what can renew them stays. */
  expireTokens(): void;
  /** The person withdraws the consent: nothing works any more. */
  revokeTokens(): void;
  /** Control routes that this platform alone has, under `/control/`; null for what it does not know. */
  control?(request: EmulatorRequest): Answer | null;
};
