import type { ReactNode } from "react";
import { useMedia } from "../lib/use-media.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { shellText } from "./messages.ts";

type ShellFrameProps = {
  /** On a desktop, beside the screen. */
  side: ReactNode;
  /** On a phone, above the screen. */
  top?: ReactNode;
  /** On a phone, below it. */
  bottom: ReactNode;
  /** What is to be known on every screen. */
  notices?: ReactNode;
  children: ReactNode;
};

/** Where everything has its place around a screen. */
export function ShellFrame({ side, top, bottom, notices, children }: ShellFrameProps) {
  // As Tailwind's `md`. What the other kind of screen has would cost this one its time as well.
  const isWide = useMedia("(width >= 48rem)");
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#screen"
        className="sr-only z-50 rounded-md bg-ink px-3 py-2 text-inverse focus:not-sr-only focus:fixed focus:top-3 focus:start-3"
      >
        {shellText.skip}
      </a>
      {isWide ? (
        <aside aria-label={shellText.sidebar} className="flex w-58 shrink-0 flex-col gap-3 p-3">
          {side}
        </aside>
      ) : (
        top
      )}
      <div className="flex min-h-0 min-w-0 flex-1 flex-col pb-[calc(3.5rem+env(safe-area-inset-bottom)+var(--toast-room))] md:py-2 md:pe-2 md:pb-2">
        <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface md:rounded-xl md:border md:border-line md:shadow-low">
          <ConnectionBanner />
          {notices}
          <main id="screen" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
            {children}
          </main>
        </div>
      </div>
      {isWide ? null : bottom}
    </div>
  );
}
