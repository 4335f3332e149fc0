import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "./storage.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const key = "galley.theme";
const listeners = new Set<() => void>();

function current(): Theme {
  const stored = readStored(key);
  return themes.find((theme) => theme === stored) ?? "system";
}

function apply(): void {
  const theme = current();
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
}

export function setTheme(theme: Theme): void {
  writeStored(key, theme === "system" ? null : theme);
  apply();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** On every page, also before sign-in. */
export function followSystem(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, current);
}
