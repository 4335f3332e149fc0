import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useMe } from "../account/use-me.ts";
import { useQuiet } from "../lib/quiet.ts";

/** Follows the workspace from the first quiet moment on; its code is no part of the first screen. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  const { id } = useMe().workspace;
  const isQuiet = useQuiet();
  useEffect(() => {
    if (!isQuiet) return undefined;
    let isOver = false;
    let stop: (() => void) | null = null;
    async function start(): Promise<void> {
      const { startLive } = await import("./start.ts");
      if (!isOver) stop = startLive(client, id);
    }
    // Without its code the screen asks from time to time.
    start().catch(() => undefined);
    return () => {
      isOver = true;
      stop?.();
    };
  }, [client, id, isQuiet]);
}
