import type { Actor } from "#kit";

// Who wrote part of a text may not be the only one who approves it, where the workspace asks for two people: the rule
// for what is loaded, and in SQL for lists and counts. Both count since the last approval that was not taken back.

/** Whether the approval has to be somebody else's. `authors`: who wrote a version since the last approval. */
export function isSelfAuthored(
  { separateApprover, authors }: { separateApprover: boolean; authors: string[] },
  { userId }: Pick<Actor, "userId">,
): boolean {
  return separateApprover && authors.includes(userId);
}

/**
 * The same as an SQL condition. Every field is SQL: ids as columns or placeholders.
 *
 * @param of.approvedVersion the last approved version of the post, or null without one
 * @param of.editors an array of people who count as authors besides
 */
function selfAuthored(of: {
  workspace: string;
  post: string;
  viewer: string;
  approvedVersion: string;
  editors?: string;
}): string {
  const wrote = `exists (select from post_versions v
      where v.workspace_id = ${of.workspace} and v.post_id = ${of.post} and v.created_by = ${of.viewer}
        and v.number > coalesce(${of.approvedVersion}, 0))`;
  const authored = of.editors === undefined ? wrote : `(${of.viewer} = any(${of.editors}) or ${wrote})`;
  return `exists (select from workspaces w where w.id = ${of.workspace} and w.separate_approver) and ${authored}`;
}

/** SQL for the last approved version of a row `p` of `posts`; null where none was. */
export const lastApprovedVersion = `(select max(a.version) from approvals a
      where a.workspace_id = p.workspace_id and a.post_id = p.id and a.decision = 'approved'
        and not a.taken_back)`;

/** SQL for whether a row `p` of `posts` is in review and the approval has to be somebody else's. */
export function selfAuthoredInReview(viewer: string): string {
  const of = { workspace: "p.workspace_id", post: "p.id", approvedVersion: lastApprovedVersion };
  return `case when p.status = 'in_review' then ${selfAuthored({ ...of, viewer })} else false end`;
}

/** SQL for the newest version of the template of a row `s` of `series` that was approved; null where none was. */
const lastApprovedTemplateVersion = `(select a.template_version from series_approvals a
        where a.workspace_id = s.workspace_id and a.series_id = s.id and not a.taken_back
        order by a.id desc limit 1)`;

/** SQL for whether the approval of a row `s` of `series` has to be somebody else's. */
export function selfAuthoredSeries(viewer: string): string {
  return selfAuthored({
    workspace: "s.workspace_id",
    post: "s.template_id",
    viewer,
    approvedVersion: lastApprovedTemplateVersion,
    editors: "s.editors",
  });
}
