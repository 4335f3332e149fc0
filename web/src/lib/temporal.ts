import type { Temporal as Polyfill } from "temporal-polyfill";

type Own = { Temporal?: typeof Polyfill };

/** Dates and times: the browser's own where it has them, so that most load nothing for it. */
export const Temporal: typeof Polyfill =
  (globalThis as Own).Temporal ?? (await import("temporal-polyfill")).Temporal;

export declare namespace Temporal {
  export type Instant = Polyfill.Instant;
  export type PlainDate = Polyfill.PlainDate;
  export type PlainDateTime = Polyfill.PlainDateTime;
}
