import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import type { Post, Variant, VariantCheck } from "../api/types.ts";
import { checkQuery } from "./queries.ts";

const none: VariantCheck[] = [];

/** What each platform says to the text, and what other posts make worth a warning, a moment after the last key. */
export function useCheck(variants: Variant[], post: Pick<Post, "id" | "scheduled">): VariantCheck[] {
  const [settled, setSettled] = useState(variants);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(variants), 200);
    return () => clearTimeout(timer);
  }, [variants]);
  const { data } = useQuery({
    ...checkQuery({ variants: settled, at: post.scheduled?.at ?? null, postId: post.id }),
    enabled: settled.length > 0,
    placeholderData: keepPreviousData,
  });
  // What one types comes before what is said to it.
  return useDeferredValue(data ?? none);
}
