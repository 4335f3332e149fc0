export const seriesStates = ["active", "paused", "ended"] as const;
export type SeriesState = (typeof seriesStates)[number];
