export const importStates = ["checking", "checked", "importing", "done", "failed"] as const;
export type ImportState = (typeof importStates)[number];

/** Of one line of a file. */
export const lineStates = ["waiting", "ready", "broken", "repeated", "made"] as const;
export type LineState = (typeof lineStates)[number];
