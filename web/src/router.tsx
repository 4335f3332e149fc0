import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { chooseWorkspace, chosenWorkspace } from "./api/client.ts";
import { hasCode } from "./api/problem.ts";
import { meQuery, setupQuery } from "./api/queries.ts";
import { needKinds } from "./needs/use-needs.ts";
import { PageError, ScreenError, ScreenNotFound, ScreenPending } from "./shell/screen-states.tsx";
import { Shell } from "./shell/shell.tsx";

type Context = { queryClient: QueryClient };

const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: PageError,
  notFoundComponent: ScreenNotFound,
});

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Where sign-in leads back to: a path of this site and nothing else. */
function ownPath(value: unknown): string | undefined {
  const path = text(value);
  return path?.startsWith("/") && !path.startsWith("//") && !path.startsWith("/\\") ? path : undefined;
}

function optional<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: NonNullable<Fields[Key]>;
  };
}

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  component: lazyRouteComponent(() => import("./account/setup-screen.tsx"), "SetupScreen"),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>) =>
    optional({ returnTo: ownPath(search["returnTo"]), expired: search["expired"] === true || undefined }),
  component: lazyRouteComponent(() => import("./account/sign-in-screen.tsx"), "SignInScreen"),
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitation",
  validateSearch: (search: Record<string, unknown>) => optional({ token: text(search["token"]) }),
  component: lazyRouteComponent(() => import("./account/invitation-screen.tsx"), "InvitationScreen"),
});

const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/new-workspace",
  component: lazyRouteComponent(() => import("./account/workspace-screen.tsx"), "WorkspaceScreen"),
});

/** Everything behind sign-in. A fresh installation leads to its set-up, a stranger to sign-in. */
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  // What the way back from a platform's consent page says; the shell tells it on whichever screen it leads to.
  validateSearch: (search: Record<string, unknown>) =>
    optional({
      connected: text(search["connected"]),
      connect_error: text(search["connect_error"]),
      connect_platform: text(search["connect_platform"]),
    }),
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.queryClient.ensureQueryData(meQuery);
      if (me.workspace) return;
    } catch (error) {
      const { needed } = await context.queryClient.fetchQuery(setupQuery);
      if (needed) throw redirect({ to: "/setup" });
      if (hasCode(error, "network.lost")) throw error;
      throw redirect({ to: "/sign-in", search: optional({ returnTo: ownPath(location.href) }) });
    }
    // The workspace that this device remembers may be gone; without one, the person makes the first.
    if (chosenWorkspace() === null) throw redirect({ to: "/new-workspace" });
    chooseWorkspace(null);
    context.queryClient.removeQueries(meQuery);
    throw redirect({ to: "/" });
  },
  component: Shell,
});

const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./home/home-screen.tsx"), "HomeScreen"),
});

const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/inbox",
  validateSearch: (search: Record<string, unknown>) => optional({ post: text(search["post"]) }),
  component: lazyRouteComponent(() => import("./inbox/inbox-screen.tsx"), "InboxScreen"),
});

const needsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/needs-you",
  validateSearch: (search: Record<string, unknown>) =>
    optional({ kind: needKinds.find((kind) => kind === search["kind"]) }),
  component: lazyRouteComponent(() => import("./needs/needs-screen.tsx"), "NeedsScreen"),
});

const postsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/posts",
  validateSearch: (search: Record<string, unknown>) =>
    optional({ status: text(search["status"]), q: text(search["q"]) }),
  component: lazyRouteComponent(() => import("./posts/posts-screen.tsx"), "PostsScreen"),
});

const postRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/posts/$postId",
  component: lazyRouteComponent(() => import("./post/post-screen.tsx"), "PostScreen"),
});

const composerRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/posts/$postId/edit",
  component: lazyRouteComponent(() => import("./composer/composer-screen.tsx"), "ComposerScreen"),
});

const calendarRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/calendar",
  validateSearch: (search: Record<string, unknown>) =>
    optional({ view: search["view"] === "week" ? ("week" as const) : undefined, date: text(search["date"]) }),
  component: lazyRouteComponent(() => import("./calendar/calendar-screen.tsx"), "CalendarScreen"),
});

const queueRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/queue",
  component: lazyRouteComponent(() => import("./queue/queue-screen.tsx"), "QueueScreen"),
});

const seriesListRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/series",
  component: lazyRouteComponent(() => import("./series/series-list-screen.tsx"), "SeriesListScreen"),
});

const seriesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/series/$seriesId",
  component: lazyRouteComponent(() => import("./series/series-screen.tsx"), "SeriesScreen"),
});

const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/import",
  validateSearch: (search: Record<string, unknown>) => optional({ id: text(search["id"]) }),
  component: lazyRouteComponent(() => import("./import/import-screen.tsx"), "ImportScreen"),
});

const channelsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/channels",
  validateSearch: (search: Record<string, unknown>) => optional({ pick: text(search["pick"]) }),
  component: lazyRouteComponent(() => import("./channels/channels-screen.tsx"), "ChannelsScreen"),
});

const doctorRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/channels/doctor",
  component: lazyRouteComponent(() => import("./channels/doctor-screen.tsx"), "DoctorScreen"),
});

const usageRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/usage",
  component: lazyRouteComponent(() => import("./usage/usage-screen.tsx"), "UsageScreen"),
});

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings",
  validateSearch: (search: Record<string, unknown>) => optional({ tab: text(search["tab"]) }),
  component: lazyRouteComponent(() => import("./settings/settings-screen.tsx"), "SettingsScreen"),
});

const routeTree = rootRoute.addChildren([
  setupRoute,
  signInRoute,
  invitationRoute,
  workspaceRoute,
  shellRoute.addChildren([
    homeRoute,
    needsRoute,
    inboxRoute,
    postsRoute,
    postRoute,
    composerRoute,
    calendarRoute,
    queueRoute,
    seriesListRoute,
    seriesRoute,
    importRoute,
    channelsRoute,
    doctorRoute,
    usageRoute,
    settingsRoute,
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: "intent",
    defaultPendingComponent: ScreenPending,
    defaultErrorComponent: ScreenError,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
