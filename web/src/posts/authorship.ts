import type { PostSummary } from "../api/types.ts";
import { formatList, formatRelative } from "../lib/format.ts";
import { postsText } from "./messages.ts";

type Authored = Pick<PostSummary, "author" | "changedBy">;

function nameOf({ name, kind }: Authored["author"]): string {
  return kind === "agent" ? postsText.theAgent : (name ?? postsText.someone);
}

/** "the agent, changed by Ada Lovelace (3 hours ago)": whoever wrote it first, and everybody who changed it since. */
export function authorship(post: Authored): string {
  const editors = post.changedBy.map((editor) => postsText.editor(nameOf(editor), formatRelative(editor.at)));
  return [
    nameOf(post.author),
    ...(editors.length > 0 ? [postsText.changedBy(formatList(editors))] : []),
  ].join(", ");
}

/** The same without times, for a line of a list. */
export function shortAuthorship(post: Authored): string {
  const editors = post.changedBy.map(nameOf);
  return [
    nameOf(post.author),
    ...(editors.length > 0 ? [postsText.changedBy(formatList(editors))] : []),
  ].join(", ");
}
