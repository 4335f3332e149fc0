import { sql } from "kysely";
import type { Deliveries } from "#delivery";
import { newId } from "#kit";
import { claimDue } from "../../../src/delivery/claim/claim.store.ts";
import type { Claimed } from "../../../src/delivery/model/claimed.ts";
import type { Intent } from "../../../src/delivery/model/intent.ts";
import type { Settlement } from "../../../src/delivery/model/settlement.ts";
import { writeSettlements } from "../../../src/delivery/model/settlements.store.ts";
import { hashItems } from "../../../src/delivery/send/frozen.ts";
import { writeIntents } from "../../../src/delivery/send/intents.store.ts";
import type { TestDatabase } from "../database.ts";
import {
  buildDeliveryFixture,
  type DeliveryFixture,
  type DeliverySandbox,
  orderPost,
  textVariant,
} from "./delivery.ts";

/** A thread of two. */
export const plan = {
  items: [
    { kind: "post" as const, payload: { text: "One", media: [] } },
    { kind: "reply" as const, payload: { text: "Two", media: [] } },
  ],
};

type ClaimOptions = { leaseMs?: number; text?: string; claimant?: string };

/** What the statements of a test are given. */
export type StatementsOptions = {
  server: TestDatabase;
  platform: DeliverySandbox;
  fixture: DeliveryFixture;
  deliveries: Deliveries;
};

/** The statements of delivery themselves, past the code that keeps its invariants. */
export function createStatements({ server, platform, fixture: first, deliveries }: StatementsOptions) {
  let fixture = first;

  /** Goes on in another workspace, with a channel of its own. */
  async function changeWorkspace(): Promise<void> {
    fixture = await buildDeliveryFixture(server.database, platform.connector);
  }

  async function claimOne(given: ClaimOptions = {}): Promise<Claimed> {
    const { leaseMs = 60_000, text = "One", claimant = null } = given;
    await orderPost(fixture, deliveries, textVariant(text, "Two"));
    const claimed = await claimDue(server.database.system, { limit: 1, leaseMs, claimant, busyChannels: [] });
    if (!claimed[0]) throw new Error("nothing was claimed");
    return claimed[0];
  }

  async function intend(intent: Intent): Promise<boolean[]> {
    return (await writeIntents(server.database.system, [intent])).standing;
  }

  function settle(claimed: Claimed, settlement: Pick<Settlement, "attempt" | "next">): Promise<boolean[]> {
    return writeSettlements(server.database.system, [
      {
        workspaceId: claimed.workspaceId,
        deliveryId: claimed.id,
        fence: claimed.fence,
        ...settlement,
      },
    ]);
  }

  async function stateOf(claimed: Claimed): Promise<{ state: string; fence: number }> {
    return server.database.system
      .selectFrom("deliveries")
      .select(["state", "fence"])
      .where("id", "=", claimed.id)
      .executeTakeFirstOrThrow();
  }

  /** Drops what a test left claimable, so that the next one claims its own. */
  async function endAll(): Promise<void> {
    await sql`update deliveries set state = 'missed' where state = 'scheduled'`.execute(
      server.database.system,
    );
  }

  /** A delivery whose answer was lost, claimed by whoever reads it back. */
  async function ambiguous() {
    const claimed = await claimOne({ claimant: "dead" });
    const intent = intentFor(claimed, { windowMs: 60_000 });
    await intend(intent);
    await settle(claimed, { attempt: { id: intent.id, state: "ambiguous" }, next: next("ambiguous") });
    const reading = { ...claimed, fence: claimed.fence + 1 };
    await sql`update deliveries set state = 'reconciling', fence = fence + 1, lease_until = now() + interval '1 minute'
      where id = ${claimed.id}`.execute(server.database.system);
    return { claimed: reading, attemptId: intent.id };
  }

  return {
    /** What is there while a test runs. */
    at: () => ({ server, platform, fixture, deliveries }),
    changeWorkspace,
    claimOne,
    intend,
    settle,
    stateOf,
    endAll,
    ambiguous,
  };
}

export function intentFor(claimed: Claimed, given: Partial<Intent> = {}): Intent {
  return {
    workspaceId: claimed.workspaceId,
    deliveryId: claimed.id,
    fence: claimed.fence,
    id: newId(),
    item: 0,
    number: 1,
    kind: "post",
    payloadHash: hashItems(plan)[0] ?? "",
    deadlineMs: 1_000,
    windowMs: 2_000,
    marginMs: 1_000,
    plan,
    itemHashes: hashItems(plan),
    ...given,
  };
}

export function next(state: NonNullable<Settlement["next"]>["state"]): NonNullable<Settlement["next"]> {
  return { state, waitMs: 0, tries: 0, errorCode: null, errorMessage: null, externalUrl: null };
}
