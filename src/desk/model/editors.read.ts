/** Somebody who changed a post after it was first written. */
export type Editor = { name: string | null; kind: "person" | "agent"; at: Date };

/** As JSON has it. */
export type EditorRow = Omit<Editor, "at"> & { at: string };

/**
 * SQL for who wrote a version of the post `p` after its first one, whoever wrote the first left out, each with their
 * last time, in its order; as JSON.
 */
export const editorsOfPost = `case when p.version = 1 then '[]'::json else coalesce((
  select json_agg(json_build_object('name', u.name, 'kind', e.author_kind, 'at', e.at) order by e.at)
  from (
    select v.created_by, v.author_kind, max(v.created_at) as at
    from post_versions v
      join post_versions first on first.workspace_id = v.workspace_id and first.post_id = v.post_id and first.number = 1
    where v.workspace_id = p.workspace_id and v.post_id = p.id and v.number > 1
      and (v.created_by, v.author_kind) is distinct from (first.created_by, first.author_kind)
    group by v.created_by, v.author_kind
  ) e left join users u on u.id = e.created_by), '[]'::json) end`;

export function editorsOf(rows: EditorRow[]): Editor[] {
  return rows.map((row) => ({ ...row, at: new Date(row.at) }));
}
