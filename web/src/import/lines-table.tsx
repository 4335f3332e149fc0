import { Link } from "@tanstack/react-router";
import type { ImportLine } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { formatList } from "../lib/format.ts";
import { Status, type Tone } from "../ui/badge.tsx";
import { importText } from "./messages.ts";

const tones: Record<ImportLine["state"], Tone> = {
  waiting: "neutral",
  ready: "good",
  broken: "bad",
  repeated: "neutral",
  made: "good",
};

/** One row per line of the file: what will be made, or what is wrong in which column. */
export function LinesTable({ lines }: { lines: ImportLine[] }) {
  if (lines.length === 0) return <p className="p-5 text-sm text-dim">{importText.none}</p>;
  return (
    <table className="w-full text-sm max-sm:block">
      <thead className="text-start text-xs text-faint max-sm:hidden">
        <tr>
          <th scope="col" className="w-16 px-5 py-2 font-medium">
            {importText.line}
          </th>
          <th scope="col" className="px-2 py-2 font-medium">
            {importText.what}
          </th>
          <th scope="col" className="px-5 py-2 font-medium">
            {importText.problem}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line max-sm:block">
        {lines.map((line) => (
          <tr key={line.line} className="align-top max-sm:block max-sm:px-5 max-sm:py-3">
            <td className="tabular px-5 py-2.5 text-faint max-sm:block max-sm:p-0">{line.line}</td>
            <td className="max-w-0 px-2 py-2.5 max-sm:block max-sm:max-w-none max-sm:p-0 sm:w-1/2">
              <Preview line={line} />
            </td>
            <td className="px-5 py-2.5 max-sm:block max-sm:p-0">
              <Status tone={tones[line.state]}>{importText.states[line.state]}</Status>
              <ul className="mt-0.5 grid gap-0.5">
                {line.problems.map((problem) => (
                  <li
                    key={problem.column + problem.message}
                    className={cn(
                      "break-words",
                      problem.severity === "error" ? "text-bad-ink" : "text-warn-ink",
                    )}
                  >
                    {importText.column(problem.column)}
                    {problem.message}
                  </li>
                ))}
              </ul>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Preview({ line: { preview, postId } }: { line: ImportLine }) {
  if (!preview) return null;
  return (
    <>
      <p className="truncate font-medium">
        {postId ? (
          <Link dir="auto" to="/posts/$postId" params={{ postId }} className="hover:underline">
            {preview.title}
          </Link>
        ) : (
          preview.title
        )}
      </p>
      <p dir="auto" className="truncate text-dim">
        {preview.excerpt}
      </p>
      <p className="text-xs text-faint">
        {[formatList(preview.channels), preview.when ?? ""].filter(Boolean).join(" · ")}
      </p>
    </>
  );
}
