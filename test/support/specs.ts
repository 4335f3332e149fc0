import { fileURLToPath } from "node:url";

/**
 * The folder of official specifications that some tests read. It is not part of the project: such a
 * test says that it skipped where the folder is absent. `GALLEY_SPECS` names another place.
 */
export const specs =
  // oxlint-disable-next-line node/no-process-env -- tests have no configuration of their own
  process.env["GALLEY_SPECS"] ?? fileURLToPath(new URL("../../../shared/specs", import.meta.url));
