import { GalleyError } from "#kit";

/** What the edge itself refuses, before a feature sees the request; codes start with `http.`. */
export class HttpError extends GalleyError {}
