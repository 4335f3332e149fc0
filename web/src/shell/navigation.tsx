import {
  BarChartIcon,
  BellIcon,
  CalendarIcon,
  CheckCircledIcon,
  FileTextIcon,
  GearIcon,
  HomeIcon,
  LoopIcon,
  Share1Icon,
  UploadIcon,
} from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useQuiet } from "../lib/quiet.ts";
import { needCountsQuery } from "../needs/queries.ts";
import { shellText } from "./messages.ts";

export const destinations = [
  { to: "/", name: "home", icon: HomeIcon, keys: "g h" },
  { to: "/needs-you", name: "needs", icon: BellIcon, keys: "g y" },
  { to: "/inbox", name: "inbox", icon: CheckCircledIcon, keys: "g a" },
  { to: "/posts", name: "posts", icon: FileTextIcon, keys: "g p" },
  { to: "/calendar", name: "calendar", icon: CalendarIcon, keys: "g c" },
  { to: "/channels", name: "channels", icon: Share1Icon, keys: "g n" },
  { to: "/usage", name: "usage", icon: BarChartIcon, keys: "g u" },
  { to: "/settings", name: "settings", icon: GearIcon, keys: "g s" },
] as const;

/** Places below one of those above; the command palette knows them by name. */
export const furtherPlaces = [
  { to: "/queue", name: "queue", icon: CalendarIcon },
  { to: "/series", name: "series", icon: LoopIcon },
  { to: "/import", name: "import", icon: UploadIcon },
] as const;

/** How much waits behind a destination; absent where nothing does. */
type Counts = Partial<Record<string, number>>;

function useCounts(): Counts {
  const { data } = useQuery({ ...needCountsQuery, enabled: useQuiet() });
  return { "/inbox": data?.counts.approval ?? 0, "/needs-you": data?.count ?? 0 };
}

export function SideNavigation() {
  return <SideLinks counts={useCounts()} />;
}

export function SideLinks({ counts }: { counts: Counts }) {
  return (
    <nav aria-label={shellText.nav} className="grid gap-0.5">
      {destinations.map(({ to, name, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === "/" }}
          className="flex h-8 items-center gap-2.5 rounded-md px-2 text-sm font-medium text-dim transition-colors hover:bg-fill-strong/60 hover:text-ink data-[status=active]:bg-fill-strong data-[status=active]:text-ink"
        >
          <Icon aria-hidden="true" />
          <span className="flex-1">{shellText[name]}</span> <Count value={counts[to] ?? 0} />
        </Link>
      ))}
    </nav>
  );
}

function Count({ value }: { value: number }) {
  if (value === 0) return null;
  return (
    <span className="tabular inline-block rounded-full bg-accent-soft px-1.5 text-2xs whitespace-nowrap font-semibold text-accent-ink">
      <span aria-hidden="true">{value}</span>
      <span className="sr-only">{shellText.waiting(value)}</span>
    </span>
  );
}

/** The phone's navigation: the six places that are used every day, in reach of a thumb. */
export function BottomNavigation() {
  return <BottomLinks counts={useCounts()} />;
}

export function BottomLinks({ counts }: { counts: Counts }) {
  return (
    <nav
      aria-label={shellText.nav}
      className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-6 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]"
    >
      {destinations.slice(0, 6).map(({ to, name, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === "/" }}
          className="relative flex h-14 flex-col items-center justify-center gap-1 text-2xs font-medium text-faint -outline-offset-2 data-[status=active]:text-ink"
        >
          <Icon aria-hidden="true" className="size-4.5" />
          {shellText[name]}{" "}
          <span className="absolute top-1 start-1/2 ms-1.5">
            <Count value={counts[to] ?? 0} />
          </span>
        </Link>
      ))}
    </nav>
  );
}
