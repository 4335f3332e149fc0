import { type ErrorDetails, GalleyError } from "#kit";

/** What the edge itself refuses, before a feature sees the request; codes start with `http.`. */
export class HttpError extends GalleyError {
  /** Where the status is finer than the kind's. */
  readonly status: number | null;

  constructor({ status = null, ...options }: ErrorDetails & { status?: number | null }) {
    super(options);
    this.status = status;
  }
}
