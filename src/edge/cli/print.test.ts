import { expect, test } from "vitest";
import { deliveriesText } from "./print.ts";

const delivery = {
  id: "1",
  state: "confirmed",
  channel: { id: "2", connector: "sandbox", handle: "@daily" },
  mayBeLive: false,
  externalUrl: "https://example.org/own",
  error: null,
  attempts: [],
  secondCopies: [],
};

test("what is asked about is told with its reason and the addresses of what may be it", () => {
  const doubt = {
    message: "The platform shows what may be this post.",
    seen: [
      { url: "https://example.org/7", createdAt: "2026-03-01T12:00:00.000Z" },
      { url: null, createdAt: null },
    ],
  };
  const asked = {
    ...delivery,
    state: "needs_human",
    externalUrl: null,
    attempts: [{ doubt: null }, { doubt }],
  };
  const text = deliveriesText({ items: [asked] });
  expect(text).toContain("needs human  The platform shows what may be this post.");
  expect(text.split("\n").slice(-3)).toEqual([
    "This may be it on @daily; say so with: galley resolve ID --live URL",
    "  https://example.org/7, dated 2026-03-01T12:00:00.000Z",
    "  a post without an address",
  ]);
  // While it is read back still, nobody is asked.
  expect(deliveriesText({ items: [{ ...asked, state: "ambiguous" }] })).not.toContain("example.org/7");
});

test("a second copy is told with both addresses until somebody says that it is settled", () => {
  const copy = {
    id: "3",
    url: "https://example.org/copy",
    ownUrl: "https://example.org/own",
    acknowledgedAt: null,
  };
  const text = deliveriesText({ items: [{ ...delivery, secondCopies: [copy] }] });
  expect(text.split("\n").slice(-2)).toEqual(["  https://example.org/own", "  https://example.org/copy"]);
  const settled = { ...copy, acknowledgedAt: "2026-03-01T12:00:00.000Z" };
  expect(deliveriesText({ items: [{ ...delivery, secondCopies: [settled] }] })).not.toContain("copy");
});
