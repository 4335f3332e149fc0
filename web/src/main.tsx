import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { handleSignedOut } from "./api/client.ts";
import { isLost, whenBack } from "./api/connection.ts";
import { ApiError } from "./api/problem.ts";
import { askAgain } from "./lib/lazy-part.tsx";
import { createAppRouter } from "./router.tsx";
import "@fontsource-variable/inter";
import "./styles.css";
import { HintProvider } from "./ui/tooltip.tsx";

function mayHelpToRetry(count: number, error: Error): boolean {
  const transient = error instanceof ApiError && (error.status === 0 || error.status === 503);
  // Once it is known that nobody answers, a screen does not wait for more tries to say so.
  return transient && count < (isLost() ? 1 : 3);
}

const queryClient = new QueryClient({
  defaultOptions: {
    // "always": the server is often this very machine, and the browser's idea of being online is not about it.
    queries: { networkMode: "always", retry: mayHelpToRetry, staleTime: 5_000 },
    mutations: { networkMode: "always" },
  },
});

const router = createAppRouter(queryClient);

handleSignedOut(() => {
  const { pathname, searchStr } = router.state.location;
  if (pathname === "/sign-in" || pathname === "/setup") return;
  queryClient.removeQueries({ queryKey: ["me"] });
  void router.navigate({ to: "/sign-in", search: { returnTo: pathname + searchStr, expired: true } });
});

whenBack(() => {
  askAgain();
  void router.invalidate();
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <HintProvider delayDuration={400}>
          <RouterProvider router={router} />
        </HintProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
