import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { checkQuery } from "../api/queries.ts";
import type { Variant, VariantCheck } from "../api/types.ts";

/** What each platform says to the text, a moment after the last key. */
export function useCheck(variants: Variant[]): VariantCheck[] {
  const [settled, setSettled] = useState(variants);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(variants), 200);
    return () => clearTimeout(timer);
  }, [variants]);
  const { data } = useQuery({
    ...checkQuery(settled),
    enabled: settled.length > 0,
    placeholderData: keepPreviousData,
  });
  return data ?? [];
}
