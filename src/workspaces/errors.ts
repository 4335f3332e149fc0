import { GalleyError } from "#kit";

/** Everything that `#workspaces` refuses; codes start with `workspaces.`. */
export class WorkspaceError extends GalleyError {}
