import { describe, expect } from "vitest";
import { buildChannel, buildMember, buildWorkspace } from "../../../test/support/builders.ts";
import { movableClock } from "../../../test/support/features/desk.ts";
import { asOwner, rowsReadIn } from "../../../test/support/features/full-tables.ts";
import { test as base } from "../../../test/support/fixtures/database.ts";
import type { Variant } from "../model/post.ts";
import { warnOfOtherPosts } from "../model/warnings.ts";
import { insertDraft } from "./write.ts";

const clock = movableClock();
const nothing = { problems: [], parts: [], price: null, suspicious: [] };
const test = base
  /** A workspace with thousands of posts. */
  .extend("filled", { scope: "file" }, async ({ server }) => {
    const workspaceId = (await buildWorkspace(server.database)).id;
    const author = await buildMember(server.database, workspaceId);
    const channelId = (await buildChannel(server.database, workspaceId)).id;
    const content = { parts: ["Said once before"], link: null, media: [], firstComment: null, options: {} };
    const variants: Variant[] = [{ channelId, content }];
    const id = await server.database.inWorkspace(workspaceId, (db) =>
      insertDraft({ clock }, db, author, { title: "The first", variants }, null),
    );
    await asOwner(
      server.url,
      ["update posts set status = 'published'"],
      [
        `insert into posts (workspace_id, id, title, status, content_hash, channel_ids)
       select workspace_id, gen_random_uuid(), 'Another', status, '0', channel_ids
       from posts, generate_series(1, 4000) where id = $1`,
        [id],
      ],
      [
        `insert into post_versions (workspace_id, post_id, number, title, variants, content_hash)
       select workspace_id, id, 1, title, jsonb_build_array(jsonb_build_object('channelId', channel_ids[1],
         'content', jsonb_build_object('parts', jsonb_build_array(id::text)))), '0'
       from posts where id <> $1`,
        [id],
      ],
    );
    return { workspaceId, variants };
  })
  .extend("workspaceId", { scope: "file" }, ({ filled }) => filled.workspaceId)
  .extend("variants", { scope: "file" }, ({ filled }) => filled.variants);

// Whether or not PostgreSQL has looked at the tables since they were filled: its plans differ.
describe.each(["filled a moment ago", "looked at since"])("among many posts, %s", (when) => {
  test.beforeAll(async ({ server, filled: _filled }) => {
    if (when === "looked at since") await asOwner(server.url, ["analyze"]);
  });

  test.for(["posts", "post_fingerprints"])(
    "the same text is found without reading all %s",
    async (table, { server, workspaceId, variants }) => {
      const read = await server.database.inWorkspace(workspaceId, (db) =>
        rowsReadIn(db, table, async () => {
          const wanted = { variants, at: null, postId: null };
          const checks = variants.map(({ channelId }) => ({ ...nothing, channelId }));
          const warned = await warnOfOtherPosts(db, workspaceId, checks, wanted, clock.now());
          expect(warned[0]?.problems.map(({ code }) => code)).toEqual(["desk.same_text_again"]);
        }),
      );
      expect(read).toBeLessThan(20);
    },
  );
});
