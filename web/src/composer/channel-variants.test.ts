import { expect, test } from "vitest";
import type { Channel, Connector, Limits } from "../api/types.ts";
import { targetOf } from "./channel-variants.ts";

const usual: Limits = {
  textLength: 500,
  textUnit: "characters",
  maxParts: 25,
  maxMedia: 4,
  maxMediaBytes: 16_000_000,
  mediaTypes: ["image/png"],
  video: null,
  document: null,
  altTextLength: 1500,
  firstComment: true,
};
const connector: Connector = {
  id: "mastodon",
  name: "Mastodon",
  summary: "",
  connect: { kind: "form", fields: [] },
  limits: usual,
  options: [],
  readsBack: true,
};

function channel(id: string, limits: Limits | null): Channel {
  const nothing = { avatarUrl: null, profileUrl: null, statusReason: null, pausedAt: null, expiresAt: null };
  return {
    id,
    connector: "mastodon",
    accountId: id,
    handle: `@${id}`,
    displayName: id,
    status: "connected",
    scopes: [],
    missingScopes: [],
    missingOptional: [],
    endsAt: null,
    checkedAt: null,
    createdAt: "2030-01-01T00:00:00Z",
    limits,
    ...nothing,
  };
}

test("two channels of one platform are written for with the limits of each", () => {
  const own = { ...usual, textLength: 5_000, maxMedia: 16, altTextLength: 3_000 };
  const channels = [channel("large", own), channel("usual", usual), channel("former", null)];
  const limitsOf = (id: string) => targetOf(id, channels, [connector])?.limits;
  expect(limitsOf("large")).toEqual(own);
  expect(limitsOf("usual")).toEqual(usual);
  expect(limitsOf("former")).toEqual(usual);
  expect(targetOf("large", channels, [])).toBeNull();
});
