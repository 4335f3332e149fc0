import { emulated, type Running } from "./emulated.ts";
import { type Bounds, control, on, share, type Target, throttles } from "./target.ts";

const plenty = 1_000_000;
const [oldestVersion, laterThanAny] = ["202512", "209901"];

/** A member's profile, which nobody can read back, or the Pages, which can be. */
export function linkedIn(id: "linkedin" | "linkedin-page", running: Running, bounds: Bounds): Target {
  const { url } = running;
  return emulated(running, bounds, {
    id,
    accounts: 8,
    weight: 3,
    repeats: false,
    access: (number) => ({
      kind: "consent",
      before: {},
      page: { handle: id === "linkedin" ? `chaos_${number}` : "chaos" },
      pick: id === "linkedin" ? 0 : number,
    }),
    settings: { postsPerDay: plenty, appPostsPerDay: plenty, pollMs: 100, polls: 20 },
    // What LinkedIn would refuse as said already has to be visible here as said twice.
    prepare: () =>
      control(url, "PUT", "/control/switches", {
        refusesDuplicates: false,
        refreshTokens: true,
        memberPostsPerDay: plenty,
        appPostsPerDay: plenty,
        processingMs: 150,
      }),
    ownFaults: (random) => [
      ...throttles(random),
      ...(id === "linkedin-page" ? [on("create", "ghost_duplicate", share(random, 0.02))] : []),
    ],
    // Now and then the version of the API ends, for as long as a burst lasts.
    switches: (random) =>
      control(url, "PUT", "/control/switches", {
        oldestVersion: random !== null && random() < 0.03 ? laterThanAny : oldestVersion,
      }),
  });
}
