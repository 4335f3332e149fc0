import { LoopIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { seriesListQuery } from "../series/queries.ts";
import { inboxText } from "./messages.ts";

/** Series that make nothing until somebody approves them; each is decided on its own page. */
export function WaitingSeries() {
  const { data } = useQuery(seriesListQuery);
  const waiting = (data ?? []).filter(({ state, approved }) => state === "active" && !approved);
  if (waiting.length === 0) return null;
  return (
    <ul aria-label={inboxText.seriesLabel} className="border-b border-line p-2">
      {waiting.map((series) => (
        <li key={series.id}>
          <Link
            to="/series/$seriesId"
            params={{ seriesId: series.id }}
            className="block rounded-lg px-3 py-2 -outline-offset-2 hover:bg-fill"
          >
            <span className="flex items-center gap-2 font-medium">
              <LoopIcon aria-hidden="true" className="shrink-0 text-faint" />
              <span dir="auto" className="min-w-0 truncate">
                {series.title}
              </span>
            </span>{" "}
            <span className="mt-0.5 block truncate text-sm text-dim">
              {series.ownWords ? `${series.words} · ${inboxText.forAnother}` : series.words}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
