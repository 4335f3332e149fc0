import { useCallback, useState } from "react";
import { readStored, writeStored } from "./storage.ts";

/**
 * Text that survives a closed tab, a lost network and an expired session: kept on this device until
 * `clear` says that the server has it. `restored` is what was found from before, or null.
 */
export function useStoredDraft(key: string): {
  restored: string | null;
  keep: (text: string) => void;
  clear: () => void;
} {
  const name = `galley.draft.${key}`;
  const [restored] = useState(() => readStored(name));
  const keep = useCallback((text: string) => writeStored(name, text), [name]);
  const clear = useCallback(() => writeStored(name, null), [name]);
  return { restored, keep, clear };
}
