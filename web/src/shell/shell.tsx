import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { ConnectReturn } from "../channels/connect-return.tsx";
import { watchKeyboard } from "../lib/keyboard.ts";
import { lazyWindow } from "../lib/lazy-part.tsx";
import { rememberPrefix, useShortcuts } from "../lib/shortcuts.ts";
import { useLiveUpdates } from "../live/use-live-updates.ts";
import { BottomNavigation, destinations } from "./navigation.tsx";
import { NewPostProvider, useNewPost } from "./new-post.tsx";
import { PausedBanner } from "./paused-banner.tsx";
import { QuarantineBanner } from "./quarantine-banner.tsx";
import { ShellFrame } from "./shell-frame.tsx";
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
  useLiveUpdates();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  useGlobalKeys(
    () => setPalette((open) => !open),
    () => setHelp(true),
  );
  return (
    <>
      <ShellFrame
        side={<Sidebar onSearch={() => setPalette(true)} onHelp={() => setHelp(true)} />}
        top={<TopBar onSearch={() => setPalette(true)} />}
        bottom={<BottomNavigation />}
        notices={
          <>
            <QuarantineBanner />
            <PausedBanner />
          </>
        }
      >
        <Outlet />
      </ShellFrame>
      <ConnectReturn />
      {palette ? <CommandPalette onClose={() => setPalette(false)} onHelp={() => setHelp(true)} /> : null}
      {help ? <ShortcutsHelp onClose={() => setHelp(false)} /> : null}
      <Toasts />
    </>
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
