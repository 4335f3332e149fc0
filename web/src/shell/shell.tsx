import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { ConnectReturn } from "../channels/connect-return.tsx";
import { watchKeyboard } from "../lib/keyboard.ts";
import { lazyWindow } from "../lib/lazy-part.tsx";
import { rememberPrefix, useShortcuts } from "../lib/shortcuts.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { shellText } from "./messages.ts";
import { BottomNavigation, destinations } from "./navigation.tsx";
import { NewPostProvider, useNewPost } from "./new-post.tsx";
import { PausedBanner } from "./paused-banner.tsx";
import { QuarantineBanner } from "./quarantine-banner.tsx";
import { Sidebar } from "./sidebar.tsx";
import { Toasts } from "./toasts.tsx";
import { TopBar } from "./top-bar.tsx";

const CommandPalette = lazyWindow(async () => (await import("./command-palette.tsx")).CommandPalette);
const ShortcutsHelp = lazyWindow(async () => (await import("./shortcuts-help.tsx")).ShortcutsHelp);

/** The frame around every screen of a signed-in person. */
export function Shell() {
  return (
    <NewPostProvider>
      <Frame />
    </NewPostProvider>
  );
}

function Frame() {
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  useGlobalKeys(
    () => setPalette((open) => !open),
    () => setHelp(true),
  );
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#screen"
        className="sr-only z-50 rounded-md bg-ink px-3 py-2 text-inverse focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {shellText.skip}
      </a>
      <Sidebar onSearch={() => setPalette(true)} onHelp={() => setHelp(true)} />
      <TopBar onSearch={() => setPalette(true)} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col pb-[calc(3.5rem+env(safe-area-inset-bottom)+var(--toast-room))] md:py-2 md:pr-2 md:pb-2">
        <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface md:rounded-xl md:border md:border-line md:shadow-low">
          <ConnectionBanner />
          <QuarantineBanner />
          <PausedBanner />
          <main id="screen" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
            <Outlet />
          </main>
        </div>
      </div>
      <BottomNavigation />
      <ConnectReturn />
      {palette ? <CommandPalette onClose={() => setPalette(false)} onHelp={() => setHelp(true)} /> : null}
      {help ? <ShortcutsHelp onClose={() => setHelp(false)} /> : null}
      <Toasts />
    </div>
  );
}

function useGlobalKeys(togglePalette: () => void, showHelp: () => void): void {
  const navigate = useNavigate();
  const newPost = useNewPost();
  useShortcuts({
    "?": showHelp,
    ...(newPost ? { c: newPost } : {}),
    ...Object.fromEntries(destinations.map(({ keys, to }) => [keys, () => void navigate({ to })])),
  });
  useEffect(() => watchKeyboard(), []);
  const listen = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey) {
      event.preventDefault();
      togglePalette();
      return;
    }
    rememberPrefix(event);
  });
  useEffect(() => {
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, []);
}
