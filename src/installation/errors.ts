import { GalleyError } from "#kit";

/** Everything that `#installation` refuses; codes start with `installation.`. */
export class InstallationError extends GalleyError {}
