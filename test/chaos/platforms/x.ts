import { emulated, type Running } from "./emulated.ts";
import { type Bounds, control, type Target } from "./target.ts";

const plenty = 1_000_000;

export function x(running: Running, bounds: Bounds): Target {
  const { clientId = "", clientSecret = "" } = running.settings;
  return emulated(running, bounds, {
    id: "x",
    accounts: 8,
    weight: 4,
    access: (number) => ({ kind: "consent", before: {}, page: { username: `chaos_${number}` }, pick: 0 }),
    asShown: (url) => url.replace(running.url, "https://x.com"),
    account: (number) => `chaos_${number}`,
    ownApp: { clientId, clientSecret },
    settings: { postsPer15Minutes: plenty, postsPerDay: plenty, appPostsPerDay: plenty },
    // What X would refuse as said already has to be visible here as said twice.
    prepare: () =>
      control(running.url, "PUT", "/control/x", {
        refusesDuplicates: false,
        postsPerAccount: plenty,
        postsPerApp: plenty,
        callsPerAccount: plenty,
        processingMs: 1_500,
      }),
  });
}
