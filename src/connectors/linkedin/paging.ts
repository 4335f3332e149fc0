import { z } from "zod";

/** As much as LinkedIn gives at a time. */
export const pageSize = 100;

export const paging = z.object({ links: z.array(z.object({ rel: z.string() })).default([]) });

/**
 * A collection ends with a page that is shorter than was asked for and names no next one
 * (https://learn.microsoft.com/linkedin/shared/api-guide/concepts/pagination); a full page without links goes on.
 */
export function isLastPage(page: {
  elements: unknown[];
  paging?: z.output<typeof paging> | undefined;
}): boolean {
  const isNamed = page.paging?.links.some(({ rel }) => rel === "next") ?? false;
  return page.elements.length < pageSize && !isNamed;
}
