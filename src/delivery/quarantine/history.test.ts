import { expect, test } from "vitest";
import { alarmOf, type HistoryFacts } from "./history.ts";

const place = { origin: "12:1700000000000", machine: "a".repeat(32), address: "https://galley.example.com" };
const row = { databaseId: "e", epoch: 40, epochAt: new Date(0), server: "7", timeline: "00000001" };
const calm: HistoryFacts = {
  row,
  now: { server: "7", timeline: "00000001", position: 5_000 },
  silentMs: 2_000,
  lastEpoch: 40,
  seenPosition: 4_900,
  marker: { databaseId: "e", epoch: 40, place },
  place,
  hasDeliveries: true,
  hasDueSinceEpoch: true,
};

test("a database that goes on where it was is believed", () => {
  expect(alarmOf(calm)).toBeNull();
  // The first start, a service that tells nothing of itself, and a marker of an older Galley.
  expect(alarmOf({ ...calm, lastEpoch: 0, seenPosition: 0, marker: null })).toBeNull();
  expect(alarmOf({ ...calm, now: { server: null, timeline: null, position: null } })).toBeNull();
  expect(alarmOf({ ...calm, row: { ...row, server: null, timeline: null } })).toBeNull();
  expect(alarmOf({ ...calm, marker: { databaseId: "e", epoch: 40, place: null } })).toBeNull();
});

test.each<[string, Partial<HistoryFacts>, RegExp]>([
  ["is behind its folder", { marker: { databaseId: "e", epoch: 41, place } }, /older than its data folder/],
  ["is behind what this process knows", { lastEpoch: 41 }, /older than its data folder/],
  ["is on another server", { now: { ...calm.now, server: "8" } }, /on another server/],
  ["is on another timeline", { now: { ...calm.now, timeline: "00000002" } }, /new timeline/],
  ["has forgotten a part of its log", { seenPosition: 5_001 }, /has forgotten/],
  ["was silent for long", { lastEpoch: 0, silentMs: 25 * 3_600_000 }, /did not run for more than a day/],
])("a database that %s is not", (_what, change, words) => {
  expect(alarmOf({ ...calm, ...change })).toMatchObject({
    reason: expect.stringMatching(words) as string,
    mayRunTwice: false,
  });
});

test("a long silence means nothing while it runs, or where nothing was due", () => {
  const silent = { ...calm, silentMs: 25 * 3_600_000 };
  expect(alarmOf(silent)).toBeNull();
  expect(alarmOf({ ...silent, lastEpoch: 0, hasDueSinceEpoch: false })).toBeNull();
});

test.each([
  ["a copied folder", { origin: "13:1700000000000" }, /is a copy/],
  ["another machine", { machine: "b".repeat(32) }, /another machine/],
  [
    "another address",
    { address: "https://copy.example.com" },
    /was at .* is at https:\/\/copy\.example\.com/,
  ],
  ["no address any more", { address: null }, /this machine alone/],
])("%s asks whether the other one is switched off", (_what, change, words) => {
  const moved = { ...calm, place: { ...place, ...change } };
  expect(alarmOf(moved)).toMatchObject({
    reason: expect.stringMatching(words) as string,
    mayRunTwice: true,
  });
  // With nothing to send there is nothing to send twice.
  expect(alarmOf({ ...moved, hasDeliveries: false })).toBeNull();
});

test("a copy whose database has lost something as well asks for the other one, too", () => {
  const copy = { ...calm, place: { ...place, machine: "b".repeat(32) }, now: { ...calm.now, server: "8" } };
  expect(alarmOf(copy)).toMatchObject({
    reason: expect.stringMatching(/on another server/) as string,
    mayRunTwice: true,
  });
});

test("a first address, and a machine that is not known, are no other place", () => {
  const before = { ...place, machine: null, address: null };
  expect(alarmOf({ ...calm, marker: { databaseId: "e", epoch: 40, place: before } })).toBeNull();
});

test("a database on another server, with a data folder that knows nothing of it, may be a copy of one that still runs", () => {
  const copied = { ...calm, now: { ...calm.now, server: "8" }, lastEpoch: 0, seenPosition: 0, marker: null };
  expect(alarmOf(copied)).toMatchObject({ mayRunTwice: true });
  const ofAnother = { ...calm, marker: { databaseId: "other", epoch: 3, place } };
  expect(alarmOf(ofAnother)).toMatchObject({
    reason: "The database is another than the data folder's.",
    mayRunTwice: true,
  });
  // Without a folder nothing can be told.
  expect(alarmOf({ ...copied, place: null })).toMatchObject({ mayRunTwice: false });
});
