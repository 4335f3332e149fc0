import type { ReactNode } from "react";
import { Logo } from "../shell/logo.tsx";

/** The quiet page for everything before the dashboard. */
export function AccountFrame({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ReactNode;
}) {
  return (
    <main className="flex min-h-dvh flex-col items-center bg-canvas px-4 pt-[max(2.5rem,8vh)] pb-12">
      <div className="w-full max-w-100">
        <Logo className="size-10" />
        <h1 className="mt-5 text-xl font-semibold tracking-tight">{title}</h1>
        <p className="mt-1 mb-6 text-dim">{lead}</p>
        <div className="rounded-xl border border-line bg-surface p-6 shadow-low">{children}</div>
      </div>
    </main>
  );
}
