import type { Problem } from "#kit";

/** How deeply quotes and lists may stand in each other. */
const deepest = 16;

/**
 * Tells while typing what the renderer would refuse: quotes and lists in each other beyond what anybody reads. Looks
 * at each line once and never below the true depth: a line may go on in the containers that are open, and opens those
 * whose marks it begins with (CommonMark 0.31.2, sections 5.1 to 5.3).
 */
export function nestingProblem(path: string, text: string): Problem | null {
  let open = 0;
  let number = 0;
  for (const line of text.split(/\r\n|\n|\r/)) {
    number += 1;
    const { marks, indent } = prefixOf(line);
    if (marks === 0) continue;
    // Two columns are the least by which an item's inner list is set in.
    open = marks + Math.min(open, Math.floor(indent / 2));
    if (open <= deepest) continue;
    const message = `From line ${number} on, more than ${deepest} quotes or lists stand in each other; remove some of the marks at the start of the line.`;
    return { path, code: "content.nested_too_deeply", message };
  }
  return null;
}

/** The marks of quotes and items that a line begins with, and the columns of white space among them. */
function prefixOf(line: string): { marks: number; indent: number } {
  let [marks, indent, index] = [0, 0, 0];
  for (;;) {
    const character = line[index];
    if (character === " ") indent += 1;
    else if (character === "\t") indent += 4;
    else if (character === ">") marks += 1;
    else {
      const after = markEnd(line, index);
      if (after === null) return { marks, indent };
      marks += 1;
      index = after;
      continue;
    }
    index += 1;
  }
}

/** Where an item's mark at this place ends; null where there is none. */
function markEnd(line: string, start: number): number | null {
  let end = start;
  // At most nine digits, then a dot or a parenthesis.
  while (end - start < 9 && /[0-9]/.test(line[end] ?? "")) end += 1;
  const mark = line[end] ?? "";
  if (!(end === start ? "-*+" : ".)").includes(mark) || mark === "") return null;
  const next = line[end + 1];
  return next === undefined || next === " " || next === "\t" ? end + 1 : null;
}
