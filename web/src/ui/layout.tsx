import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";

/** The top of a screen: what it is, one sentence if it helps, and its main actions. */
export function PageHeader({
  title,
  lead,
  actions,
  back,
}: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  back?: ReactNode;
}) {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {back ? <div className="mb-1.5">{back}</div> : null}
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {lead ? <p className="mt-1 max-w-prose text-dim">{lead}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}

export function Page({
  children,
  width = "wide",
}: {
  children: ReactNode;
  width?: "narrow" | "wide" | "full";
}) {
  const widths = { narrow: "max-w-3xl", wide: "max-w-5xl", full: "max-w-none" };
  return <div className={cn("mx-auto w-full px-4 py-6 sm:px-8 sm:py-8", widths[width])}>{children}</div>;
}

export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div className={cn("rounded-xl border border-line bg-surface shadow-low", className)}>{children}</div>
  );
}

export function CardHeader({
  title,
  lead,
  action,
}: {
  title: ReactNode;
  lead?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-5 py-3.5">
      <div className="min-w-0">
        <h2 className="text-base font-semibold">{title}</h2>
        {lead ? <p className="text-sm text-faint">{lead}</p> : null}
      </div>
      {action}
    </div>
  );
}

type EmptyProps = {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** `h1` where this is the whole page. */
  heading?: "h1" | "h2";
};

/** Nothing here yet: says why, and what to do next. */
export function Empty({ icon, title, children, action, heading: Heading = "h2" }: EmptyProps) {
  return (
    <div className="flex flex-col items-center px-6 py-16 text-center">
      <div className="mb-4 flex size-11 items-center justify-center rounded-xl border border-line bg-fill text-faint [&_svg]:size-5">
        {icon}
      </div>
      <Heading className="text-base font-semibold">{title}</Heading>
      {children ? <p className="mt-1 max-w-sm text-dim">{children}</p> : null}
      {action ? <div className="mt-5 flex gap-2">{action}</div> : null}
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cn("animate-pulse rounded-md bg-fill-strong/70", className)} />;
}

/** Stands for a list that is on its way; its place is the size of what will come. */
export function SkeletonRows({ rows = 5, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="divide-y divide-line">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex items-center gap-4 px-5 py-4">
          <Skeleton className="h-3.5 w-1/3" />
          <Skeleton className="ms-auto h-3.5 w-24" />
        </div>
      ))}
    </div>
  );
}
