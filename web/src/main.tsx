import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Direction as Sides } from "radix-ui";
import { StrictMode, startTransition } from "react";
import { type Root, createRoot } from "react-dom/client";
import { meQuery } from "./account/queries.ts";
import { handleSignedOut } from "./api/client.ts";
import { isLost, whenBack } from "./api/connection.ts";
import { keys } from "./api/keys.ts";
import { isUnreachable } from "./api/problem.ts";
import { keepOffline } from "./lib/keep-offline.ts";
import { direction } from "./lib/language.ts";
import { askAgain } from "./lib/lazy-part.tsx";
import { firstScreenShown } from "./lib/quiet.ts";
import { followSystem } from "./lib/theme.ts";
import { loadLanguage } from "./locales/load-language.ts";
import { beginScreen, createAppRouter } from "./router.tsx";
import "@fontsource-variable/inter";
import "./styles.css";
import { HintProvider } from "./ui/tooltip.tsx";

function mayHelpToRetry(count: number, error: Error): boolean {
  // Once it is known that nobody answers, a screen does not wait for more tries to say so.
  return isUnreachable(error) && count < (isLost() ? 1 : 3);
}

const queryClient = new QueryClient({
  defaultOptions: {
    // "always": the server is often this very machine, and the browser's idea of being online is not about it.
    queries: { networkMode: "always", retry: mayHelpToRetry, staleTime: 5_000 },
    mutations: { networkMode: "always" },
  },
});

const language = loadLanguage();
const router = createAppRouter(queryClient);
beginScreen(router);
const stopListening = router.subscribe("onRendered", () => {
  stopListening();
  firstScreenShown();
});

handleSignedOut(() => {
  // Who was not signed in here has lost no session; the router leads them to where they can.
  if (queryClient.getQueryData(meQuery.queryKey) === undefined) return;
  const { pathname, searchStr } = router.state.location;
  if (pathname === "/sign-in" || pathname === "/setup") return;
  queryClient.removeQueries({ queryKey: keys.me });
  void router.navigate({ to: "/sign-in", search: { returnTo: pathname + searchStr, expired: true } });
});

whenBack(() => {
  askAgain();
  void router.invalidate();
});

// The browser knows of its own network first; whether Galley answers is asked of Galley.
globalThis.addEventListener("online", () => {
  if (isLost()) void queryClient.prefetchQuery({ ...meQuery, staleTime: 0, retry: false });
});

keepOffline();
followSystem();

/** So long the screen may take to be ready; then the frame around it is shown without it. */
const readyWithinMs = 1_500;

/** The first screen in one go, made in steps short enough that the page answers a finger meanwhile. */
async function open(root: Root): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, readyWithinMs));
  await Promise.all([language, Promise.race([router.load(), late])]);
  startTransition(() =>
    root.render(
      <StrictMode>
        <QueryClientProvider client={queryClient}>
          <Sides.Provider dir={direction}>
            <HintProvider delayDuration={400}>
              <RouterProvider router={router} />
            </HintProvider>
          </Sides.Provider>
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
}

const root = document.getElementById("root");
if (root) void open(createRoot(root));
