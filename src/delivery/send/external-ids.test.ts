import { describe, expect } from "vitest";
import { newId } from "#kit";
import { intentFor } from "../../../test/support/features/statements.ts";
import { test } from "../../../test/support/fixtures/statements.ts";
import type { Claimed } from "../model/claimed.ts";

describe("5: a platform's id is unique per account, and confirmed is final", () => {
  test("in the database", async ({ claimOne, intend, settle }) => {
    const externalId = newId();
    const first = await claimOne();
    const intent = intentFor(first);
    await intend(intent);
    const confirm = (id: string) => ({
      attempt: { id, state: "confirmed" as const, settledBy: "answer" as const, externalId },
      next: null,
    });
    await settle(first, confirm(intent.id));
    const second = await claimOne();
    const other = intentFor(second);
    await intend(other);
    await expect(settle(second, confirm(other.id))).rejects.toThrow(/delivery_attempts_external/);
    const undo = { id: intent.id, state: "not_sent" as const, settledBy: "answer" as const };
    await expect(settle(first, { attempt: undo, next: null })).rejects.toThrow(/cannot go/);
    const rename = { id: intent.id, state: "confirmed" as const, externalId: newId() };
    await expect(settle(first, { attempt: rename, next: null })).rejects.toThrow(/final/);
  });

  test("in whichever workspace the account is connected, and of another account it is another post", async ({
    at,
    changeWorkspace,
    claimOne,
    intend,
    settle,
  }) => {
    const externalId = newId();
    const confirmed = async (of: Claimed) => {
      const intent = intentFor(of);
      await intend(intent);
      const attempt = {
        id: intent.id,
        state: "confirmed" as const,
        settledBy: "answer" as const,
        externalId,
      };
      return settle(of, { attempt, next: null });
    };
    const here = at().fixture;
    const first = await claimOne();
    expect(await confirmed(first)).toEqual([true]);
    await changeWorkspace();
    expect(await confirmed(await claimOne())).toEqual([true]);
    await changeWorkspace();
    const channels = at().server.database.system.updateTable("channels");
    await channels.set({ account_id: here.channelId }).where("id", "=", at().fixture.channelId).execute();
    await expect(confirmed(await claimOne())).rejects.toThrow(/delivery_attempts_external/);
  });

  test("of the account that the intent was written for, whatever its channel is called later", async ({
    at,
    claimOne,
    intend,
  }) => {
    const claimed = await claimOne();
    const intent = intentFor(claimed);
    await intend(intent);
    const { system } = at().server.database;
    const accounts = () =>
      system
        .selectFrom("delivery_attempts")
        .select(["connector", "account_id", "duplicate_of"])
        .where("id", "=", intent.id)
        .execute();
    const written = [{ connector: "sandbox", account_id: at().fixture.channelId, duplicate_of: null }];
    expect(await accounts()).toEqual(written);
    await system
      .updateTable("channels")
      .set({ account_id: newId() })
      .where("id", "=", at().fixture.channelId)
      .execute();
    expect(await accounts()).toEqual(written);
    const attempts = () => system.updateTable("delivery_attempts").where("id", "=", intent.id);
    await expect(attempts().set({ account_id: newId() }).execute()).rejects.toThrow(/frozen/);
    await expect(attempts().set({ duplicate_of: newId() }).execute()).rejects.toThrow(/frozen/);
  });
});
