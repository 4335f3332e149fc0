import { emulated, type Running } from "./emulated.ts";
import { type Bounds, control, type Target } from "./target.ts";

export function mastodon(running: Running, bounds: Bounds): Target {
  return emulated(running, bounds, {
    id: "mastodon",
    // So many that nobody comes to 300 posts in three hours; Galley holds back there by itself.
    accounts: 12,
    weight: 4,
    access: (number) => ({
      kind: "consent",
      before: running.form,
      page: { username: `chaos_${number}` },
      pick: 0,
    }),
    account: (number) => `chaos_${number}`,
    prepare: () =>
      control(running.url, "PUT", "/control/mastodon", { processingMs: 150, postsPerWindow: 1_000_000 }),
  });
}
