import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRoute,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  type ParsedLocation,
  redirect,
} from "@tanstack/react-router";
import { ownPath } from "../../src/kit/own-path.ts";
import { accountText } from "./account/messages.ts";
import { meQuery, setupQuery } from "./account/queries.ts";
import { chooseWorkspace, chosenWorkspace } from "./api/client.ts";
import { isLost } from "./api/connection.ts";
import { isUnreachable } from "./api/problem.ts";
import { lazyScreen } from "./lib/lazy-part.tsx";
import { needKinds } from "./needs/need-kinds.ts";
import { type Address, screenData } from "./screen-data.ts";
import { settingsText } from "./settings/messages.ts";
import { shellText } from "./shell/messages.ts";
import { PageTitle } from "./shell/page-title.tsx";
import { PageError, ScreenError, ScreenNotFound, ScreenPending } from "./shell/screen-states.tsx";
import { Shell } from "./shell/shell.tsx";
import { ShellError } from "./shell/unreachable.tsx";

type Context = { queryClient: QueryClient };

const rootRoute = createRootRouteWithContext<Context>()({
  staticData: { title: () => "" },
  component: Root,
  errorComponent: PageError,
  notFoundComponent: ScreenNotFound,
});

function Root() {
  return (
    <>
      <PageTitle />
      <Outlet />
    </>
  );
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Where sign-in leads back to: a path of this site and nothing else. */
function wayBack(value: unknown): string | undefined {
  const path = text(value);
  return path === undefined ? undefined : (ownPath(path) ?? undefined);
}

function optional<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: NonNullable<Fields[Key]>;
  };
}

function addressOf({ params, location }: { params: object; location: ParsedLocation }): Address {
  return { params: params as Record<string, string>, search: location.search };
}

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  staticData: { title: () => shellText.titles.setup },
  component: lazyScreen(async () => (await import("./account/setup-screen.tsx")).SetupScreen),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  staticData: { title: () => shellText.titles.signIn },
  validateSearch: (search: Record<string, unknown>) =>
    optional({
      returnTo: wayBack(search["returnTo"]),
      expired: search["expired"] === true || undefined,
      reset: search["reset"] === true || undefined,
    }),
  component: lazyScreen(async () => (await import("./account/sign-in-screen.tsx")).SignInScreen),
});

const forgotPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/forgot-password",
  staticData: { title: () => accountText.forgotTitle },
  component: lazyScreen(
    async () => (await import("./account/forgot-password-screen.tsx")).ForgotPasswordScreen,
  ),
});

const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reset-password",
  staticData: { title: () => accountText.resetTitle },
  validateSearch: (search: Record<string, unknown>) => optional({ token: text(search["token"]) }),
  component: lazyScreen(
    async () => (await import("./account/reset-password-screen.tsx")).ResetPasswordScreen,
  ),
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitation",
  staticData: { title: () => shellText.titles.invitation },
  validateSearch: (search: Record<string, unknown>) => optional({ token: text(search["token"]) }),
  component: lazyScreen(async () => (await import("./account/invitation-screen.tsx")).InvitationScreen),
});

const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/new-workspace",
  staticData: { title: () => shellText.newWorkspace },
  component: lazyScreen(async () => (await import("./account/workspace-screen.tsx")).WorkspaceScreen),
});

/** Everything behind sign-in. A fresh installation leads to its set-up, a stranger to sign-in. */
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  staticData: { title: () => "" },
  // What the way back from a platform's consent page says; the shell tells it on whichever screen it leads to.
  validateSearch: (search: Record<string, unknown>) =>
    optional({
      connected: text(search["connected"]),
      connect_error: text(search["connect_error"]),
      connect_platform: text(search["connect_platform"]),
    }),
  beforeLoad: async ({ context, location }) => {
    try {
      // Once it is known that nobody answers, another screen says so at once.
      const me = await context.queryClient.ensureQueryData(isLost() ? { ...meQuery, retry: false } : meQuery);
      if (me.workspace) return;
    } catch (error) {
      if (isUnreachable(error)) throw error;
      const { needed } = await context.queryClient.fetchQuery(setupQuery);
      if (needed) throw redirect({ to: "/setup" });
      throw redirect({ to: "/sign-in", search: optional({ returnTo: wayBack(location.href) }) });
    }
    // The workspace that this device remembers may be gone; without one, the person makes the first.
    if (chosenWorkspace() === null) throw redirect({ to: "/new-workspace" });
    chooseWorkspace(null);
    context.queryClient.removeQueries(meQuery);
    throw redirect({ to: "/" });
  },
  component: Shell,
  errorComponent: ShellError,
});

const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  loader: (given) => screenData.home(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.home },
  component: lazyScreen(async () => (await import("./home/home-screen.tsx")).HomeScreen),
});

const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/inbox",
  loader: (given) => screenData.inbox(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.inbox },
  validateSearch: (search: Record<string, unknown>) => optional({ post: text(search["post"]) }),
  component: lazyScreen(async () => (await import("./inbox/inbox-screen.tsx")).InboxScreen),
});

const needsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/needs-you",
  loader: (given) => screenData.needs(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.needs },
  validateSearch: (search: Record<string, unknown>) =>
    optional({ kind: needKinds.find((kind) => kind === search["kind"]) }),
  component: lazyScreen(async () => (await import("./needs/needs-screen.tsx")).NeedsScreen),
});

const postsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/posts",
  staticData: { title: () => shellText.posts },
  validateSearch: (search: Record<string, unknown>) =>
    optional({ status: text(search["status"]), q: text(search["q"]) }),
  component: lazyScreen(async () => (await import("./posts/posts-screen.tsx")).PostsScreen),
});

const postRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/posts/$postId",
  loader: (given) => screenData.post(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.titles.post },
  component: lazyScreen(async () => (await import("./post/post-screen.tsx")).PostScreen),
});

const composerRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/posts/$postId/edit",
  // The field to begin in: a channel, then a JSON Pointer.
  validateSearch: (search: Record<string, unknown>) => optional({ at: text(search["at"]) }),
  loader: (given) => screenData.composer(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.titles.edit },
  component: lazyScreen(async () => (await import("./composer/composer-screen.tsx")).ComposerScreen),
});

function viewTitle(view: unknown): string {
  return view === "week"
    ? shellText.titles.week
    : view === "list"
      ? shellText.titles.list
      : shellText.calendar;
}

const calendarViews = ["week", "list"] as const;

const calendarRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/calendar",
  loader: (given) => screenData.calendar(given.context.queryClient, addressOf(given)),
  staticData: { title: ({ view }) => viewTitle(view) },
  validateSearch: (search: Record<string, unknown>) =>
    optional({
      view: calendarViews.find((view) => view === search["view"]),
      date: text(search["date"]),
      channel: text(search["channel"]),
    }),
  component: lazyScreen(async () => (await import("./calendar/calendar-screen.tsx")).CalendarScreen),
});

const queueRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/queue",
  loader: (given) => screenData.queue(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.queue },
  component: lazyScreen(async () => (await import("./queue/queue-screen.tsx")).QueueScreen),
});

const seriesListRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/series",
  loader: (given) => screenData.seriesList(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.series },
  component: lazyScreen(async () => (await import("./series/series-list-screen.tsx")).SeriesListScreen),
});

const seriesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/series/$seriesId",
  loader: (given) => screenData.series(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.series },
  component: lazyScreen(async () => (await import("./series/series-screen.tsx")).SeriesScreen),
});

const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/import",
  loader: (given) => screenData.import(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.import },
  validateSearch: (search: Record<string, unknown>) => optional({ id: text(search["id"]) }),
  component: lazyScreen(async () => (await import("./import/import-screen.tsx")).ImportScreen),
});

const channelsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/channels",
  loader: (given) => screenData.channels(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.channels },
  validateSearch: (search: Record<string, unknown>) => optional({ pick: text(search["pick"]) }),
  component: lazyScreen(async () => (await import("./channels/channels-screen.tsx")).ChannelsScreen),
});

const doctorRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/channels/doctor",
  loader: (given) => screenData.doctor(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.titles.doctor },
  component: lazyScreen(async () => (await import("./channels/doctor-screen.tsx")).DoctorScreen),
});

const usageRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/usage",
  loader: (given) => screenData.usage(given.context.queryClient, addressOf(given)),
  staticData: { title: () => shellText.usage },
  component: lazyScreen(async () => (await import("./usage/usage-screen.tsx")).UsageScreen),
});

function settingsTitle(tab: unknown): string {
  const [, name] = Object.entries(settingsText.tabs).find(([key]) => key === tab) ?? [];
  return name && tab !== "workspace" ? `${name} · ${shellText.settings}` : shellText.settings;
}

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings",
  loader: (given) => screenData.settings(given.context.queryClient, addressOf(given)),
  staticData: { title: ({ tab }) => settingsTitle(tab) },
  validateSearch: (search: Record<string, unknown>) => optional({ tab: text(search["tab"]) }),
  component: lazyScreen(async () => (await import("./settings/settings-screen.tsx")).SettingsScreen),
});

const routeTree = rootRoute.addChildren([
  setupRoute,
  signInRoute,
  forgotPasswordRoute,
  resetPasswordRoute,
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

/**
 * Begins what the screen of this address needs, its code and its data, beside the question who one is: on a slow line
 * each question that waits for another costs a round trip.
 */
export function beginScreen(router: ReturnType<typeof createAppRouter>): void {
  const location = router.latestLocation;
  const { context } = router.options;
  const routes: Record<string, AnyRoute> = router.routesById;
  for (const { routeId, params } of router.matchRoutes(location)) {
    const { component, loader } = routes[routeId]?.options ?? {};
    void component?.preload?.();
    if (typeof loader === "function") void loader({ context, params, location });
  }
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
