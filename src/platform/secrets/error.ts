import { GalleyError } from "#kit";

/** Errors of custody: `secrets.wrong_key`, `secrets.damaged`, `secrets.no_key`. Never names a secret. */
export class SecretsError extends GalleyError {}

export function damaged(cause?: unknown): SecretsError {
  return new SecretsError({
    code: "secrets.damaged",
    kind: "internal",
    message: "A sealed value does not open: it was changed, or it belongs to another row.",
    ...(cause === undefined ? {} : { cause }),
  });
}
