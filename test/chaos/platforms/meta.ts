import { emulated, type Running } from "./emulated.ts";
import { type Bounds, control, on, share, type Target } from "./target.ts";

/** Pages of Facebook, or the accounts of Instagram behind them. */
export function meta(id: "facebook" | "instagram", running: Running, bounds: Bounds): Target {
  return emulated(running, bounds, {
    id,
    // Instagram takes a hundred posts a day of each.
    accounts: 8,
    weight: id === "facebook" ? 3 : 2,
    repeats: id === "instagram",
    asShown: (url) => (id === "facebook" ? url.replace(running.url, "https://www.facebook.com") : url),
    needsImage: id === "instagram",
    settings: {
      pollMs: 100,
      processingMs: 1_000,
      ...(id === "instagram" ? { postsPerDay: 1_000_000 } : {}),
    },
    switches: async (random) => {
      if (id === "instagram" && random !== null && random() < 0.3) {
        await control(running.url, "POST", "/control/expire-containers");
      }
    },
    // Its headers tell waiting times in minutes, which is too long here; codes alone leave the time open.
    ownFaults: (random) => [
      ...["4", "17", "32", "613"].map((code) => on("create", "refusal", share(random, 0.01), { code })),
      on("media", "refusal", share(random, 0.03), { code: "4" }),
      on("list", "refusal", share(random, 0.03), { code: "4" }),
      on("create", "refusal_after_commit", share(random, 0.02), { code: "4/2207051" }),
      ...(id === "facebook" ? [on("create", "ghost_duplicate", share(random, 0.02))] : []),
    ],
  });
}
