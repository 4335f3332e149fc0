import { readFileSync } from "node:fs";
import type { ManyPosts } from "./many-posts.ts";

/** One address for each route of the router, and what stands there once it is whole. */
export type Screen = { route: string; path: string; ready: string; signedOut?: true; outside?: true };

/** Every route that the router has, by its own text: a route without a screen below fails the test of screens. */
export function routesOfRouter(): string[] {
  const source = readFileSync(new URL("../../web/src/router.tsx", import.meta.url), "utf8");
  return [...source.matchAll(/^ {2}path: "([^"]+)",$/gmu)].map(([, path]) => path ?? "");
}

export function screensOf({ review, published, draft, series }: ManyPosts): Screen[] {
  return [
    { route: "/setup", path: "/setup", ready: "Galley", signedOut: true },
    { route: "/sign-in", path: "/sign-in", ready: "Sign in to Galley", signedOut: true },
    { route: "/forgot-password", path: "/forgot-password", ready: "Forgot your password?", signedOut: true },
    {
      route: "/reset-password",
      path: "/reset-password?token=none",
      ready: "Choose a new password",
      signedOut: true,
    },
    { route: "/invitation", path: "/invitation?token=none", ready: "invitation", signedOut: true },
    { route: "/new-workspace", path: "/new-workspace", ready: "workspace", outside: true },
    { route: "/", path: "/", ready: "Going out next" },
    { route: "/needs-you", path: "/needs-you", ready: "Review 39" },
    { route: "/inbox", path: `/inbox?post=${review}`, ready: "Request changes" },
    { route: "/posts", path: "/posts", ready: "Draft 116" },
    { route: "/posts/$postId", path: `/posts/${published}`, ready: "Delivery" },
    { route: "/posts/$postId/edit", path: `/posts/${draft}/edit`, ready: "Add part" },
    { route: "/calendar", path: "/calendar", ready: "what the press room did" },
    { route: "/calendar", path: "/calendar?view=week", ready: "Out 1:" },
    { route: "/calendar", path: "/calendar?view=list", ready: "Out 1:" },
    { route: "/queue", path: "/queue", ready: "Queue" },
    { route: "/series", path: "/series", ready: "Draft 2:" },
    { route: "/series/$seriesId", path: `/series/${series}`, ready: "Draft 2:" },
    { route: "/import", path: "/import", ready: "Import" },
    { route: "/channels", path: "/channels", ready: "Connect a channel" },
    { route: "/channels/doctor", path: "/channels/doctor", ready: "Doctor" },
    { route: "/usage", path: "/usage", ready: "Every call of a model" },
    { route: "/settings", path: "/settings", ready: "Save changes" },
    { route: "/settings", path: "/settings?tab=site", ready: "Your own site" },
    { route: "/settings", path: "/settings?tab=members", ready: "Invite somebody" },
    { route: "/settings", path: "/settings?tab=sessions", ready: "This session" },
    { route: "*", path: "/nowhere", ready: "There is no such page", outside: true },
  ];
}
