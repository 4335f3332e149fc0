import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { DeskDeps } from "../deps.ts";
import type { LoadedPost } from "./load.ts";

/**
 * What a change of a post means for the series that it belongs to, of which posts know nothing else. Each is called
 * in the transaction of the change, under the post's lock; what it throws undoes the change.
 */
export type PostHooks = {
  /** A person did something to an occurrence that followed its series until now. */
  occurrenceChanged(change: { db: Kysely<Schema>; workspaceId: string; postId: string }): Promise<void>;
  /** The content of a template changed. `reason`: what people will read where an approval falls. */
  templateEdited(change: {
    db: Kysely<Schema>;
    workspaceId: string;
    templateId: string;
    reason: string;
    now: Date;
  }): Promise<void>;
  /** A channel of a template leads elsewhere than before. */
  templateRedirected(change: { db: Kysely<Schema>; template: LoadedPost; channelId: string }): Promise<void>;
};

/** What the verbs on a post work with. */
export type PostDeps = DeskDeps & { hooks: PostHooks };
