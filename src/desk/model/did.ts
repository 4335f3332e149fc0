import type { z } from "zod";
import type { EventData, EventKind, IsOptional } from "#platform/events";

type KindAbout<Target extends string> = EventKind<string, Target, z.ZodType<EventData>, "workspace">;

/** What a verb did to a post or a series, for the frame that appends it. */
export type Done<Target extends string> = { kind: KindAbout<Target>; data: EventData };

/** The frame tells the version of a post that the verb found, unless the verb names another. */
type Told<Kind extends EventKind> = Omit<z.input<Kind["data"]>, "version"> & { version?: number };

export function did<Target extends string, Kind extends KindAbout<Target>>(
  kind: Kind & { target: Target },
  ...[data]: IsOptional<z.input<Kind["data"]>> extends true
    ? []
    : IsOptional<Told<Kind>> extends true
      ? [data?: Told<Kind>]
      : [data: Told<Kind>]
): Done<Target> {
  return { kind, data: data ?? {} };
}
