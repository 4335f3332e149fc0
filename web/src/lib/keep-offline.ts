const afterLoadMs = 3_000;

/**
 * Lets the browser keep the dashboard's own files, so that it opens without a connection. Not while working on it, and
 * not where browsers allow no service worker (plain http from another machine): there it works as before.
 */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // Some time after the page itself, which these files must not slow down.
  globalThis.addEventListener("load", () => setTimeout(() => void register(), afterLoadMs), { once: true });
}

async function register(): Promise<void> {
  try {
    await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  } catch {
    // It may be switched off, as storage may; nothing but the shelter is missing then.
  }
}
