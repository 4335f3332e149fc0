import { Link } from "@tanstack/react-router";
import { planningText } from "./messages.ts";

const places = [
  { to: "/calendar", name: "calendar" },
  { to: "/queue", name: "queue" },
  { to: "/series", name: "series" },
  { to: "/import", name: "import" },
] as const;

/** The four ways of looking at what goes out when. */
export function PlanningNav() {
  return (
    <nav
      aria-label={planningText.nav}
      className="mb-5 flex gap-1 overflow-x-auto border-b border-line [scrollbar-width:none]"
    >
      {places.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          className="-mb-px inline-flex h-10 shrink-0 items-center border-b-2 border-transparent px-2.5 text-sm font-medium text-dim transition-colors hover:text-ink focus-visible:-outline-offset-2 data-[status=active]:border-ink data-[status=active]:text-ink"
        >
          {planningText[name]}
        </Link>
      ))}
    </nav>
  );
}
