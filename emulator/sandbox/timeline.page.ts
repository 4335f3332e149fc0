import type { Markup } from "../page.ts";
import { html } from "../page.ts";
import { sandboxLayout } from "./consent.page.ts";
import type { SandboxPost, SandboxState } from "./state.ts";

const pageSize = 30;

/** The posts that people can see, newest first, each with its thread and comments; of one account with `handle`. */
export function timelinePage(
  state: SandboxState,
  filter: { handle: string | null; before: string | null },
): string {
  const { basePath } = state;
  const roots = visible(state, state.timeline)
    .filter((post) => post.inReplyTo === null)
    .filter((post) => filter.handle === null || state.accounts.get(post.accountId)?.handle === filter.handle)
    .toReversed();
  const start = filter.before === null ? 0 : roots.findIndex((post) => post.id === filter.before) + 1;
  const shown = roots.slice(start, start + pageSize);
  const last = shown.at(-1);
  const path = filter.handle === null ? `${basePath}/` : `${basePath}/accounts/${filter.handle}`;
  const older =
    last && start + pageSize < roots.length
      ? html`<p><a href="${path}?before=${last.id}">Older posts</a></p>`
      : null;
  const title = filter.handle === null ? "Timeline" : `@${filter.handle}`;
  const body =
    shown.length === 0
      ? html`<div class="card empty">
          <h1>Nothing here yet</h1>
          <p>
            Connect the sandbox as a channel, write a post, have it approved, and publish it. It shows up on
            this page exactly once.
          </p>
        </div>`
      : html`<h1>${title}</h1>
          ${shown.map((post) => postCard(state, post))}${older}`;
  return sandboxLayout(basePath, `${title} · Sandbox`, filter.handle === null ? "timeline" : null, body);
}

/** One post with everything under it; null when nobody can see it (yet). */
export function postPage(state: SandboxState, id: string): string | null {
  const post = state.posts.get(id);
  if (!post || visible(state, [post]).length === 0) return null;
  const above =
    post.inReplyTo === null
      ? null
      : html`<p class="soft">
          In answer to <a href="${state.basePath}/posts/${post.inReplyTo}">an earlier post</a>
        </p>`;
  return sandboxLayout(state.basePath, "Post · Sandbox", null, html`${above}${postCard(state, post)}`);
}

function visible(state: SandboxState, posts: SandboxPost[]): SandboxPost[] {
  const now = state.now();
  return posts.filter((post) => post.createdAt <= now);
}

function postCard(state: SandboxState, post: SandboxPost): Markup {
  return html`<article class="card" data-post="${post.id}">
    ${postBody(state, post)}${answers(state, post, 0)}
  </article>`;
}

function answers(state: SandboxState, post: SandboxPost, depth: number): Markup | null {
  const below = visible(state, state.replies.get(post.id) ?? []);
  if (below.length === 0) return null;
  // A long thread answers itself part by part; indenting each would leave no room.
  const items = below.map(
    (item) =>
      html`<div data-post="${item.id}">${postBody(state, item)}</div>
        ${answers(state, item, depth + 1)}`,
  );
  return depth === 0 ? html`<div class="thread">${items}</div>` : html`${items}`;
}

function postBody(state: SandboxState, post: SandboxPost): Markup {
  const { basePath } = state;
  const account = state.accounts.get(post.accountId);
  const at = new Date(post.createdAt);
  const images = post.media.map((id) => {
    const altText = state.media.get(id)?.altText ?? "";
    const caption = altText === "" ? html`No alt text` : html`<span class="badge">ALT</span>${altText}`;
    return html`<figure>
      <img src="${basePath}/media/${id}" alt="${altText}" loading="lazy" />
      <figcaption>${caption}</figcaption>
    </figure>`;
  });
  return html`<div class="who">
      <span class="face" aria-hidden="true">${(account?.name ?? "?").charAt(0)}</span>
      <span
        ><strong>${account?.name ?? "Unknown"}</strong>
        ${post.kind === "comment" ? html`<span class="badge">COMMENT</span>` : null}
        <span class="soft"
          ><a href="${basePath}/accounts/${account?.handle ?? ""}">@${account?.handle ?? ""}</a> ·
          <a href="${basePath}/posts/${post.id}"
            ><time datetime="${at.toISOString()}"
              >${at.toISOString().slice(0, 16).replace("T", " ")} UTC</time
            ></a
          ></span
        ></span
      >
    </div>
    <p class="text">${linked(post.text)}</p>
    ${images.length > 0 ? html`<div class="images">${images}</div>` : null}`;
}

function linked(text: string): Markup {
  const pieces = text.split(/(https?:\/\/[^\s<>"]+)/);
  const parts = pieces.map((piece, index) =>
    index % 2 === 1 ? html`<a href="${piece}" rel="noopener nofollow">${piece}</a>` : html`${piece}`,
  );
  return html`${parts}`;
}
