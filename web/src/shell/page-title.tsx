import { useQuery } from "@tanstack/react-query";
import { rootRouteId, useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { meQuery } from "../account/queries.ts";
import { postQuery } from "../post/queries.ts";
import { seriesQuery } from "../series/queries.ts";
import { shellText } from "./messages.ts";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** What the page is called, in the tab and when it is announced; the compiler asks for it on each route. */
    title: (search: Record<string, unknown>) => string;
  }
}

/**
 * Names the document after the screen: the words of the post or series that it shows, the screen, the workspace.
 * A screen reader hears it after each change of screen, which it would not notice otherwise (WCAG 2.4.2).
 */
export function PageTitle() {
  const title = useTitle();
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? null });
  const [heard, setHeard] = useState({ path, title: "" });
  useEffect(() => {
    document.title = title;
  }, [title]);
  // The first page is announced by the browser itself.
  if (path !== heard.path) setHeard({ path, title: heard.path === null ? "" : title });
  return (
    <p role="status" className="sr-only">
      {heard.title}
    </p>
  );
}

function useTitle(): string {
  const shown = useRouterState({ select: (state) => state.matches.at(-1) });
  // Nothing but the root matches an address that leads nowhere.
  const missing = shown?.routeId === rootRouteId;
  const screen = shown?.staticData.title(shown.search) ?? "";
  const params: { postId?: string; seriesId?: string } = shown?.params ?? {};
  // Read from what the screen itself has loaded; the title alone asks for nothing.
  const post = useQuery({ ...postQuery(params.postId ?? ""), enabled: false, refetchInterval: false });
  const series = useQuery({ ...seriesQuery(params.seriesId ?? ""), enabled: false });
  const me = useQuery({ ...meQuery, enabled: false });
  const words = params.postId ? post.data?.title : params.seriesId ? series.data?.title : undefined;
  const behindSignIn = shown?.routeId.startsWith("/shell") || missing;
  const workspace = behindSignIn ? me.data?.workspace?.name : undefined;
  const name = missing ? shellText.notFound : screen;
  return [words, name, workspace, "Galley"].filter(Boolean).join(" · ");
}
