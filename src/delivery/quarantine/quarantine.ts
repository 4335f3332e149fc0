import { append } from "#platform/events";
import type { SignedIn } from "#platform/wire";
import { deliveryQuarantined, deliveryReleased } from "../events.ts";
import { DeliveryError } from "../model/errors.ts";
import { createEpochs, type EpochOptions, type WatchedEpochs } from "./epochs.ts";
import * as store from "./quarantine.store.ts";

type QuarantineView = {
  active: boolean;
  /** ISO text, as `unknownSince`; null where it is not active. */
  since: string | null;
  unknownSince: string | null;
  reason: string | null;
  /** It may be a copy of a Galley that still runs. */
  mayRunTwice: boolean;
} & store.Progress;

/** What only a person can know when a quarantine ends. */
type ReleaseWords = {
  /** The other Galley, where this may be a copy, is switched off. */
  otherIsOff?: boolean;
  /** In the time that was lost, nobody sent early what is planned for later: it need not be looked for. */
  nothingSentEarly?: boolean;
};

export type Quarantine = WatchedEpochs & {
  isActive(): Promise<boolean>;
  view(): Promise<QuarantineView>;
  /** `admin`: an admin of the installation; the route's access has made sure of that, here as for `release`. */
  enter(admin: SignedIn, since: Date): Promise<QuarantineView>;
  /**
   * Throws `delivery.quarantine_unfinished` while something was not looked up. Of what may be a copy nothing is looked up
   * before its release, which throws `delivery.may_run_twice` where nobody has said that the other Galley is off.
   */
  release(admin: SignedIn, words?: ReleaseWords): Promise<QuarantineView>;
};

export function createQuarantine(options: EpochOptions): Quarantine {
  const db = options.database.system;
  const epochs = createEpochs(options);

  async function view(): Promise<QuarantineView> {
    const { quarantinedAt, unknownSince, reason, mayRunTwice } = await store.readInstallation(db);
    const active = quarantinedAt !== null;
    return {
      active,
      since: quarantinedAt?.toISOString() ?? null,
      unknownSince: unknownSince?.toISOString() ?? null,
      reason,
      mayRunTwice,
      ...(active ? await store.quarantineProgress(db) : store.nothingOpen),
    };
  }

  return {
    ...epochs,
    isActive: async () => (await store.readInstallation(db)).quarantinedAt !== null,
    view,
    enter: async ({ userId, name }, since) => {
      await db.transaction().execute(async (transaction) => {
        await store.readInstallation(transaction, true);
        await store.enterQuarantine(transaction, {
          reason: `${name} said that it was restored.`,
          since,
        });
        await append(transaction, deliveryQuarantined, {
          actor: { kind: "person", userId },
          data: { since: since.toISOString() },
        });
      });
      return view();
    },
    release: async ({ userId }, { otherIsOff = false, nothingSentEarly = false } = {}) => {
      await db.transaction().execute(async (transaction) => {
        const { quarantinedAt, mayRunTwice } = await store.readInstallation(transaction, true);
        if (quarantinedAt === null) return;
        if (mayRunTwice && !otherIsOff) throw mayBeTwo();
        const { unchecked, reading } = await store.quarantineProgress(transaction);
        if (!mayRunTwice && unchecked + reading > 0) throw unfinished(unchecked + reading);
        // Until a moment ago the other one may have sent.
        if (mayRunTwice) await store.restartWindows(transaction);
        await store.leaveQuarantine(transaction);
        if (nothingSentEarly) await store.forgetLater(transaction, quarantinedAt);
        await append(transaction, deliveryReleased, {
          actor: { kind: "person", userId },
          data: { otherIsOff, nothingSentEarly },
        });
      });
      return view();
    },
  };
}

function unfinished(count: number): DeliveryError {
  return new DeliveryError({
    code: "delivery.quarantine_unfinished",
    kind: "conflict",
    message: `${count} ${count === 1 ? "post is" : "posts are"} still being looked up on the platforms. A worker must run for that; wait until none is left, then release.`,
    retryable: true,
  });
}

function mayBeTwo(): DeliveryError {
  return new DeliveryError({
    code: "delivery.may_run_twice",
    kind: "conflict",
    message:
      "This Galley may be a copy of one that still runs, and both would send the same posts. Switch the other one off, and say so with the release.",
  });
}
