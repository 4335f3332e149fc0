import { GalleyError } from "#kit";

/** `site.not_found`, `site.slug_taken` */
export class SiteError extends GalleyError {}

/** For a site that is switched off, too: both answer alike. */
export function notFound(): SiteError {
  return new SiteError({
    code: "site.not_found",
    kind: "not_found",
    message: "There is nothing at this address.",
  });
}
