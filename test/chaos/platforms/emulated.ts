import type { JsonObject } from "#kit";
import type { FaultSwitch, Random } from "./target.ts";
import { type Bounds, control, readJournal, setFaults, burstOf, type Target, throttles } from "./target.ts";

/** An emulator that `platform-server.ts` has started. */
export type Running = { url: string; settings: Record<string, string>; form: Record<string, string> };

type Own = Pick<Target, "id" | "accounts" | "weight"> &
  Partial<Target> & {
    /** Faults that this platform has beside those of all. */
    ownFaults?: (random: Random) => FaultSwitch[];
    /** Other switches, with each burst; null: back to normal. */
    switches?: (random: Random | null) => Promise<void>;
    /** Now and then all access is withdrawn. */
    revokes?: boolean;
    settings?: JsonObject;
  };

// Everybody connects again then, so it comes about once in two minutes.
const revokedChance = 0.02;

/** What most platforms share: an emulator with `/control`, OAuth, and deadlines as settings. */
export function emulated({ url, settings }: Running, bounds: Bounds, own: Own): Target {
  const { deadlineMs, windowMs } = bounds;
  const { ownFaults = throttles, switches = async () => undefined, revokes = true, ...parts } = own;
  const withdraw = () => control(url, "POST", "/control/revoke-tokens");
  return {
    options: () => ({}),
    needsImage: false,
    describes: true,
    repeats: true,
    access: (number) => ({ kind: "consent", before: {}, page: {}, pick: number }),
    account: () => null,
    ownApp: null,
    prepare: async () => undefined,
    burst: async (random) => {
      await switches(random);
      await setFaults(url, [...ownFaults(random), ...burstOf(bounds, random)]);
      if (revokes && random() < revokedChance) await withdraw();
    },
    calm: async () => {
      await switches(null);
      await setFaults(url, []);
    },
    expireTokens: () => control(url, "POST", "/control/expire-tokens"),
    withdraw: revokes ? withdraw : async () => undefined,
    journal: () => readJournal(url),
    asShown: (url) => url,
    personas: {
      set: (personas) => control(url, "PUT", "/control/personas", { personas }),
      post: (account, text, agoMs) => control(url, "POST", "/control/post", { account, text, agoMs }),
    },
    ...parts,
    settings: { ...settings, deadlineMs, windowMs, ...own.settings },
  };
}
