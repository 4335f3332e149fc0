let isLive = false;

/** Whether what happens in the workspace is heard as it happens. */
export function reportLive(next: boolean): void {
  isLive = next;
}

/** How often a query asks for what events tell: as often as given, and not at all while they are heard. */
export function unlessLive(everyMs: number): number | false {
  return isLive ? false : everyMs;
}
