import { GalleyError } from "#kit";

/** Everything that `#identity` refuses; codes start with `identity.`. */
export class IdentityError extends GalleyError {}
